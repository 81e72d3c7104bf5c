"""Proposing a release by pull request, with a fault at any of its requests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.builders.publishing.hub import made_release, publish, remote, tree_of
from tests.builders.publishing.test_publish_release import KINDS, holds
from tests.hub.impatient_hub import impatient_hub
from tests.hub.local_hub import LocalHub
from warmbench.errors import WarmbenchError
from warmbench_builders.publishing.publish import propose_release
from warmbench_builders.publishing.release_files import ReleaseFiles


@cache
def release(version: str) -> ReleaseFiles:
    return made_release(Path(mkdtemp(prefix="warmbench-proposed-")), version)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with impatient_hub(tmp_path / "hub") as hub:
        yield hub


@cache
def requests_of_a_proposal() -> int:
    root = Path(mkdtemp(prefix="warmbench-requests-"))
    with impatient_hub(root / "hub") as hub:
        publish(hub, hub.token("ann"), release("1.0.0"))
        hub.faults.forget()
        propose_release(release("1.1.0"), remote(hub, hub.token("bob")), private=False)
        return len(hub.requests)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", range(requests_of_a_proposal()))
def test_any_fault_at_any_request_opens_one_pull_request_or_none(
    number: int, kind: str, hub: LocalHub
) -> None:
    ann, bob = hub.token("ann"), hub.token("bob")
    publish(hub, ann, release("1.0.0"))
    before = tree_of(hub, ann)
    hub.faults.forget()
    hub.faults.add(kind, at=number)
    try:
        propose_release(release("1.1.0"), remote(hub, bob, tries=1), private=False)
    except WarmbenchError as error:
        assert "\n" not in str(error)  # noqa: PT017 - whether it fails is not the point
    hub.faults.forget()
    assert len(remote(hub, ann).pull_requests()) <= 1
    propose_release(release("1.1.0"), remote(hub, bob), private=False)
    (found,) = remote(hub, ann).pull_requests()
    assert holds(tree_of(hub, ann, found.revision), release("1.1.0"))
    assert tree_of(hub, ann) == before
    assert set(remote(hub, ann).tags()) == {"v1.0.0"}
