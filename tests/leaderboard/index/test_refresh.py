"""A board that follows its submissions, on the local Hub and in a folder, through all that fails."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

from tests.hub.local_hub import LocalHub
from tests.leaderboard.store.stores import PUBLISHED, put_studies
from warmbench.errors import EngineError
from warmbench_leaderboard.index.board_folder import BoardFolder, seed_path
from warmbench_leaderboard.index.refresh import RefreshedBoard
from warmbench_leaderboard.store.hub_store import HubSubmissionStore
from warmbench_leaderboard.store.local_store import LocalSubmissionStore

REPO = "ann/warmbench-submissions"
STUDIES = sorted(PUBLISHED.glob("*.json"))
FIRST, SECOND = STUDIES[:2]

pytestmark = pytest.mark.filterwarnings("ignore:Use .content=:DeprecationWarning")


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with LocalHub(tmp_path / "hub") as hub:
        yield hub


@pytest.fixture
def ann(hub: LocalHub) -> HfApi:
    api = hub.api(hub.token("ann"))
    api.create_repo(REPO, repo_type="dataset")
    return api


def put(api: HfApi, *paths: Path) -> str:
    operations = [
        CommitOperationAdd(f"published/{path.name}", io.BytesIO(path.read_bytes()))
        for path in paths
    ]
    done = api.create_commit(REPO, operations, commit_message="Add", repo_type="dataset")
    return str(done.oid)


def ids(source: RefreshedBoard) -> list[str]:
    return [entry.entry_id for entry in source.board().entries]


def test_it_starts_from_the_seed_and_follows_the_hub(
    hub: LocalHub, ann: HfApi, tmp_path: Path
) -> None:
    clock = Clock()
    source = RefreshedBoard(HubSubmissionStore(REPO, hub.api()), tmp_path / "work", clock=clock)
    assert source.board() == BoardFolder(seed_path()).board()
    assert source.notice() == (
        f"This board has not been compared with the submissions at {REPO} yet."
    )
    revision = put(ann, FIRST)
    assert source.refresh()
    assert ids(source) == ["gpt-4o-2024-08-06-fine-tune/cold"]
    assert (source.board().revision, source.notice()) == (revision, None)
    shown = source.board()
    assert not source.refresh()
    assert source.board() is shown
    put(ann, SECOND)
    assert source.refresh()
    assert len(ids(source)) == 2
    assert source.details(ids(source)[0]).entry_id == ids(source)[0]


def test_one_more_submission_fetches_that_one_only(
    hub: LocalHub, ann: HfApi, tmp_path: Path
) -> None:
    put(ann, *STUDIES[:4])
    source = RefreshedBoard(HubSubmissionStore(REPO, hub.api()), tmp_path / "work")
    source.refresh()
    put(ann, STUDIES[4])
    hub.faults.forget()
    assert source.refresh()
    fetched = [r.path for r in hub.requests if "/resolve/" in r.path and r.method == "GET"]
    assert len(fetched) == 1
    assert STUDIES[4].name in fetched[0]


def test_what_was_withdrawn_goes(hub: LocalHub, ann: HfApi, tmp_path: Path) -> None:
    put(ann, FIRST, SECOND)
    source = RefreshedBoard(HubSubmissionStore(REPO, hub.api()), tmp_path / "work")
    source.refresh()
    ann.create_commit(
        REPO,
        [CommitOperationDelete(f"published/{FIRST.name}")],
        commit_message="Withdraw",
        repo_type="dataset",
    )
    assert source.refresh()
    assert ids(source) == ["gpt-4o-2024-08-06-fine-tune/warm"]


def test_a_failure_at_any_request_keeps_the_last_good_board(
    hub: LocalHub, ann: HfApi, tmp_path: Path
) -> None:
    """Each request of a renewal fails once, before its work and after it; then it goes through."""
    clock = Clock()
    source = RefreshedBoard(HubSubmissionStore(REPO, hub.api()), tmp_path / "work", clock=clock)
    put(ann, FIRST)
    source.refresh()
    good = source.board()
    for kind, study in zip(("reset", "500", "lost reply"), STUDIES[1:4], strict=True):
        put(ann, study)
        for at in range(30):
            hub.faults.forget()
            hub.faults.add(kind, at)
            clock.now += 60.0
            if source.refresh():
                break
            assert source.board() is good
            assert "This board was up to date" in str(source.notice())
        hub.faults.forget()
        assert not source.refresh()
        assert source.notice() is None
        good = source.board()
    assert len(ids(source)) == 4


def test_it_says_how_old_the_board_is(hub: LocalHub, ann: HfApi, tmp_path: Path) -> None:
    clock = Clock()
    source = RefreshedBoard(HubSubmissionStore(REPO, hub.api()), tmp_path / "work", clock=clock)
    put(ann, FIRST)
    source.refresh()
    for seconds, said in [
        (30.0, "less than a minute ago"),
        (60.0, "1 minute ago"),
        (7_200.0, "2 hours ago"),
        (90_000.0, "1 day ago"),
    ]:
        clock.now = 1_000.0 + seconds
        hub.faults.add("reset", "GET *", times=20)
        source.refresh()
        hub.faults.forget()
        assert f"This board was up to date {said}." in str(source.notice())


def test_started_again_it_goes_on_with_the_last_board(
    hub: LocalHub, ann: HfApi, tmp_path: Path
) -> None:
    put(ann, FIRST)
    RefreshedBoard(HubSubmissionStore(REPO, hub.api()), tmp_path / "work").refresh()
    again = RefreshedBoard(HubSubmissionStore("ann/gone", hub.api()), tmp_path / "work")
    assert ids(again) == ["gpt-4o-2024-08-06-fine-tune/cold"]
    assert not again.refresh()
    assert "This board was built before the server started." in str(again.notice())
    (tmp_path / "work" / "boards" / "current").write_text("../../../etc")
    damaged = RefreshedBoard(HubSubmissionStore(REPO, hub.api()), tmp_path / "work")
    assert damaged.board() == BoardFolder(seed_path()).board()


def test_a_repository_that_is_not_there_is_a_sentence(hub: LocalHub) -> None:
    with pytest.raises(EngineError, match="ann/none: can't be read from the Hub"):
        HubSubmissionStore("ann/none", hub.api()).state()


def test_no_token_is_shown(hub: LocalHub, tmp_path: Path) -> None:
    token = hub.token("ann")
    source = RefreshedBoard(HubSubmissionStore("ann/none", hub.api(token)), tmp_path / "work")
    source.refresh()
    assert token not in str(source.notice())


def test_old_boards_are_cleared_away(tmp_path: Path) -> None:
    root = tmp_path / "in"
    source = RefreshedBoard(LocalSubmissionStore(root), tmp_path / "work")
    for count in range(1, 5):
        put_studies(root, count)
        assert source.refresh()
        assert len(source.board().entries) == count
    boards = tmp_path / "work" / "boards"
    assert sorted(path.name for path in boards.iterdir()) == ["000003", "000004", "current"]


class Watched:
    """A folder as a store; ``often`` is set at the ``checks``-th check, when the builds after the
    checks before are in place."""

    def __init__(self, root: Path, checks: int) -> None:
        self._store = LocalSubmissionStore(root)
        self._left = checks
        self.often = threading.Event()
        self.name = self._store.name
        self.listing = self._store.listing
        self.fetcher = self._store.fetcher
        self.first_seen = self._store.first_seen

    def state(self) -> str:
        self._left -= 1
        if self._left <= 0:
            self.often.set()
        return self._store.state()


def test_the_thread_refreshes_by_itself_and_stops(tmp_path: Path) -> None:
    put_studies(tmp_path / "in", 1)
    store = Watched(tmp_path / "in", checks=2)
    source = RefreshedBoard(store, tmp_path / "work", interval_s=0.01)
    before = threading.active_count()
    source.start()
    source.start()
    assert store.often.wait(timeout=120.0)
    source.stop()
    source.stop()
    assert threading.active_count() == before
    assert len(source.board().entries) == 1


def test_stopping_abandons_a_build_and_starting_resumes_it(tmp_path: Path) -> None:
    put_studies(tmp_path / "in", 1)
    store = Watched(tmp_path / "in", checks=3)
    source = RefreshedBoard(store, tmp_path / "work", interval_s=0.01)
    source.stop()
    assert not source.refresh()
    assert source.board() == BoardFolder(seed_path()).board()
    source.start()
    assert store.often.wait(timeout=120.0)
    source.stop()
    assert len(source.board().entries) == 1
