"""``warmbench publish`` as a person runs it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.builders.publishing.hub import REPO, made_release, remote, tree_of
from tests.hub.impatient_hub import impatient_hub
from tests.hub.local_hub import LocalHub
from warmbench_builders.publishing.release_files import ReleaseFiles


@cache
def release(version: str = "1.0.0") -> ReleaseFiles:
    return made_release(Path(mkdtemp(prefix="warmbench-publish-")), version)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with impatient_hub(tmp_path / "hub") as found:
        yield found


def run(
    hub: LocalHub,
    home: Path,
    token: str | None,
    *words: str,
    repo: str = REPO,
    visibility: str = "public",
) -> subprocess.CompletedProcess[str]:
    given = [str(release().path), "--repo", repo, "--visibility", visibility, *words]
    return subprocess.run(
        [sys.executable, "-c", "from warmbench.cli.main import main; main()", "publish", *given],
        env=hub.environment(home, token),
        capture_output=True,
        text=True,
    )


def test_what_was_done_is_said_once_for_people_and_once_as_json(
    hub: LocalHub, tmp_path: Path
) -> None:
    token = hub.token("ann")
    first = run(hub, tmp_path, token, visibility="private")
    assert first.returncode == 0, first.stderr
    assert "ann/qa: repository created" in first.stdout
    assert "ann/qa v1.0.0: published, commit" in first.stdout
    assert f"{hub.endpoint}/datasets/ann/qa/tree/v1.0.0" in first.stdout
    again = run(hub, tmp_path, token, "--json", visibility="private")
    said = json.loads(again.stdout)
    assert said == {
        "done": "nothing to do",
        "created": False,
        "repo": REPO,
        "tag": "v1.0.0",
        "commit": remote(hub, token).tags()["v1.0.0"],
        "url": f"{hub.endpoint}/datasets/ann/qa/tree/v1.0.0",
    }
    state = remote(hub, token).state()
    assert state is not None
    assert state.private
    assert token not in first.stdout + first.stderr + again.stdout + again.stderr


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_dry_run_shows_all_and_sends_nothing(
    signed_in: bool, hub: LocalHub, tmp_path: Path
) -> None:
    token = hub.token("ann") if signed_in else None
    shown = run(hub, tmp_path, token, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert (release().path / "README.md").read_text() in shown.stdout
    assert "data/open_triviaqa/anger.parquet" in shown.stdout
    assert "ann/qa does not exist yet and would be created." in shown.stdout
    plan = json.loads(run(hub, tmp_path, token, "--dry-run", "--json").stdout)
    assert plan["files"] == {path: file.size for path, file in release().files.items()}
    assert plan["changes"]["added"] == sorted(release().files)
    assert {request.method for request in hub.requests} == {"GET"}


def test_a_dry_run_says_when_the_visibility_is_another(hub: LocalHub, tmp_path: Path) -> None:
    token = hub.token("ann")
    hub.api(token).create_repo(REPO, repo_type="dataset", private=True)
    shown = run(hub, tmp_path, token, "--dry-run")
    assert "ann/qa has the other visibility: publishing would be refused." in shown.stdout


REFUSED = {
    "no token": (None, REPO, "public", "no token: log in"),
    "expired token": ("expired", REPO, "public", "does not accept the token"),
    "token that may only read": ("read", REPO, "public", "this token can't write to it"),
    "organization that is not there": ("write", "none/qa", "public", "none must be its owner"),
    "no organization": ("write", "qa", "public", "write ORG/NAME"),
    "malformed name": ("write", "ann/q a", "public", "write ORG/NAME"),
    "other visibility": ("write", "ann/seen", "private", "is public, but --visibility private"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_who_may_not_is_told_in_one_line(case: str, hub: LocalHub, tmp_path: Path) -> None:
    role, repo, visibility, words = REFUSED[case]
    hub.api(hub.token("ann")).create_repo("ann/seen", repo_type="dataset", private=False)
    token = hub.token("ann", role) if role else None
    refused = run(hub, tmp_path, token, repo=repo, visibility=visibility)
    assert refused.returncode == 2
    assert words in refused.stderr.splitlines()[-1]
    assert "Traceback" not in refused.stderr
    assert token is None or token not in refused.stderr
    assert remote(hub, hub.token("ann")).state() is None
    assert set(tree_of(hub, hub.token("ann"), repo="ann/seen")) == set()


def test_a_hub_that_hangs_is_given_up_in_time_and_asked_again(
    hub: LocalHub, tmp_path: Path
) -> None:
    token = hub.token("ann")
    hub.faults.add("hang", at=f"GET /api/datasets/{REPO}")
    hub.faults.add("hang", at="POST */commit/*")
    done = run(hub, tmp_path, token, "--timeout", "0.5")
    assert done.returncode == 0, done.stderr
    assert hub.faults.pending == ()
    assert len(hub.api(token).list_repo_commits(REPO, repo_type="dataset")) == 2


WITH_XET = """
import sys
from pathlib import Path
from huggingface_hub.utils._runtime import is_xet_available
from warmbench.errors import RunError
from warmbench.data.hub.client import hub_api
from warmbench.data.hub.client import HubRetry
from warmbench_builders.publishing.publish import publish_release
from warmbench_builders.publishing.release_files import read_release_files
from warmbench_builders.publishing.remote import Remote

remote = Remote(hub_api(5, needs_token=True), sys.argv[2], HubRetry(tries=1))
try:
    publish_release(read_release_files(Path(sys.argv[1])), remote, private=False)
except RunError as error:
    print(is_xet_available(), error)
"""


def test_where_xet_is_on_but_not_to_be_had_nothing_is_committed(
    hub: LocalHub, tmp_path: Path
) -> None:
    token = hub.token("ann")
    failed = subprocess.run(
        [sys.executable, "-c", WITH_XET, str(release().path), REPO],
        env={**hub.environment(tmp_path, token), "HF_HUB_DISABLE_XET": "0"},
        capture_output=True,
        text=True,
    )
    assert failed.stdout.startswith("True ann/qa: "), failed.stderr
    assert "the repository was created, and is empty" in failed.stdout
    assert any("/xet-write-token/" in request.path for request in hub.requests)
    assert token not in failed.stdout + failed.stderr
    assert tree_of(hub, token) == {}
    assert run(hub, tmp_path, token).returncode == 0
    assert len(hub.api(token).list_repo_commits(REPO, repo_type="dataset")) == 2
