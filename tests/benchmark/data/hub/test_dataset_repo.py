"""Commits and pull requests are made once; what is not there is told from what can't be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd

from tests.hub.impatient_hub import impatient_hub
from tests.hub.local_hub import LocalHub
from warmbench.data.hub.client import HubRetry
from warmbench.data.hub.dataset_repo import DatasetRepo, Operations, StaleParent

REPO = "ann/data"
COMMIT = "POST */commit/main*"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with impatient_hub(tmp_path / "hub") as hub:
        hub.api(hub.token("ann")).create_repo(REPO, repo_type="dataset")
        hub.faults.forget()
        yield hub


@pytest.fixture
def remote(hub: LocalHub) -> DatasetRepo:
    retry = HubRetry(tries=3, sleep=lambda seconds: None)
    return DatasetRepo(hub.api(hub.token("ann")), REPO, retry)


def adding(path: str, content: bytes = b"x") -> Operations:
    def operations() -> list[Any]:
        return [CommitOperationAdd(path, content)]

    return operations


def commit(remote: DatasetRepo, path: str, parent: str) -> str:
    return remote.commit(
        adding(path), f"Add {path}", parent, lambda head: path in remote.tree(head)
    )


FAULTS = [
    ("nothing", None, "before"), ("503 before", "503", "before"), ("503 after", "503", "after"),
    ("429", "429", "before"), ("reset", "reset", "before"), ("lost reply", "lost reply", "after"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "kind", "when"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_commit_is_made_once(
    hub: LocalHub, remote: DatasetRepo, case: str, kind: str | None, when: Any
) -> None:
    before = len(remote.api.list_repo_commits(REPO, repo_type="dataset"))
    parent = remote.head()
    if kind is not None:
        hub.faults.add(kind, COMMIT, when)
    made = commit(remote, "a/b.txt", parent)
    assert hub.faults.pending == ()
    assert made == remote.head() != parent
    assert len(remote.api.list_repo_commits(REPO, repo_type="dataset")) == before + 1


def test_on_a_head_that_moved_it_is_stale_or_done_already(remote: DatasetRepo) -> None:
    parent = remote.head()
    head = commit(remote, "theirs.txt", parent)
    with pytest.raises(StaleParent):
        commit(remote, "ours.txt", parent)
    assert commit(remote, "theirs.txt", parent) == head == remote.head()


def test_overtaken_while_the_hub_was_away_it_is_stale(hub: LocalHub, remote: DatasetRepo) -> None:
    parent = remote.head()
    hub.faults.add("503", COMMIT)

    def overtaken() -> Iterable[Any]:
        if not hub.faults.pending:
            commit(remote, "theirs.txt", remote.head())
        return adding("ours.txt")()

    with pytest.raises(StaleParent):
        remote.commit(overtaken, "Add", parent, lambda head: "ours.txt" in remote.tree(head))


@pytest.mark.parametrize(("case", "kind", "when"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_pull_request_is_opened_once(
    hub: LocalHub, remote: DatasetRepo, case: str, kind: str | None, when: Any
) -> None:
    if kind is not None:
        hub.faults.add(kind, COMMIT, when)
    made = remote.open_pull_request(
        adding("c.txt"),
        "Add c",
        lambda: next((pull for pull in remote.pull_requests() if pull.title == "Add c"), None),
        description="why",
    )
    assert hub.faults.pending == ()
    assert remote.pull_requests() == [made]
    assert (made.number, made.title, made.revision) == (1, "Add c", "refs/pr/1")
    assert "c.txt" in remote.tree(made.revision)
    assert "c.txt" not in remote.tree()


def test_what_is_there_and_what_is_not(remote: DatasetRepo, tmp_path: Path) -> None:
    head = commit(remote, "a/b/c.txt", remote.head())
    assert [file.path for file in remote.files(head, "a")] == ["a/b/c.txt"]
    assert remote.folders("a") == ["a/b"]
    assert remote.content("a/b/c.txt", head, tmp_path) == b"x"
    assert (remote.files(folder="z"), remote.folders("z"), remote.tree(folder="z")) == ([], [], {})
    assert remote.content("z", head, tmp_path) is None


def test_a_hub_that_does_not_answer_has_not_said_that_a_file_is_not_there(
    hub: LocalHub, remote: DatasetRepo, tmp_path: Path
) -> None:
    head = commit(remote, "a.txt", remote.head())
    hub.faults.add("reset", "HEAD */resolve/*", times=50)
    with pytest.raises((ConnectionError, httpx2.HTTPError)):
        remote.content("a.txt", head, tmp_path)
