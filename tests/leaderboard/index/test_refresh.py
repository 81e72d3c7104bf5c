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
from warmbench_leaderboard.index.board_file import BoardFolder, seed_path
from warmbench_leaderboard.index.refresh import RefreshedBoard
from warmbench_leaderboard.store.hub_store import HubShelf
from warmbench_leaderboard.store.local_store import LocalShelf

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
    source = RefreshedBoard(HubShelf(REPO, hub.api()), tmp_path / "work", clock=clock)
    assert source.board() == BoardFolder(seed_path()).board()
    assert source.age() == f"This board is not yet compared with the submissions at {REPO}."
    revision = put(ann, FIRST)
    assert source.look()
    assert ids(source) == ["gpt-4o-2024-08-06-fine-tune/cold"]
    assert (source.board().revision, source.age()) == (revision, None)
    shown = source.board()
    assert not source.look()
    assert source.board() is shown
    put(ann, SECOND)
    assert source.look()
    assert len(ids(source)) == 2
    assert source.details(ids(source)[0]).entry_id == ids(source)[0]


def test_one_more_submission_fetches_that_one_only(
    hub: LocalHub, ann: HfApi, tmp_path: Path
) -> None:
    put(ann, *STUDIES[:4])
    source = RefreshedBoard(HubShelf(REPO, hub.api()), tmp_path / "work")
    source.look()
    put(ann, STUDIES[4])
    hub.faults.forget()
    assert source.look()
    fetched = [r.path for r in hub.requests if "/resolve/" in r.path and r.method == "GET"]
    assert len(fetched) == 1
    assert STUDIES[4].name in fetched[0]


def test_what_was_withdrawn_goes(hub: LocalHub, ann: HfApi, tmp_path: Path) -> None:
    put(ann, FIRST, SECOND)
    source = RefreshedBoard(HubShelf(REPO, hub.api()), tmp_path / "work")
    source.look()
    ann.create_commit(
        REPO,
        [CommitOperationDelete(f"published/{FIRST.name}")],
        commit_message="Withdraw",
        repo_type="dataset",
    )
    assert source.look()
    assert ids(source) == ["gpt-4o-2024-08-06-fine-tune/warm"]


def test_a_failure_at_any_request_keeps_the_last_good_board(
    hub: LocalHub, ann: HfApi, tmp_path: Path
) -> None:
    """Each request of a renewal fails once, before its work and after it; then it goes through."""
    clock = Clock()
    source = RefreshedBoard(HubShelf(REPO, hub.api()), tmp_path / "work", clock=clock)
    put(ann, FIRST)
    source.look()
    good = source.board()
    for kind, study in zip(("reset", "500", "lost reply"), STUDIES[1:4], strict=True):
        put(ann, study)
        for at in range(30):
            hub.faults.forget()
            hub.faults.add(kind, at)
            clock.now += 60.0
            if source.look():
                break
            assert source.board() is good
            assert "This board was up to date" in str(source.age())
        hub.faults.forget()
        assert not source.look()
        assert source.age() is None
        good = source.board()
    assert len(ids(source)) == 4


def test_it_says_how_old_the_board_is(hub: LocalHub, ann: HfApi, tmp_path: Path) -> None:
    clock = Clock()
    source = RefreshedBoard(HubShelf(REPO, hub.api()), tmp_path / "work", clock=clock)
    put(ann, FIRST)
    source.look()
    for seconds, said in [
        (30.0, "less than a minute ago"),
        (60.0, "1 minute ago"),
        (7_200.0, "2 hours ago"),
        (90_000.0, "1 day ago"),
    ]:
        clock.now = 1_000.0 + seconds
        hub.faults.add("reset", "GET *", times=20)
        source.look()
        hub.faults.forget()
        assert f"This board was up to date {said}." in str(source.age())


def test_started_again_it_goes_on_with_the_last_board(
    hub: LocalHub, ann: HfApi, tmp_path: Path
) -> None:
    put(ann, FIRST)
    RefreshedBoard(HubShelf(REPO, hub.api()), tmp_path / "work").look()
    again = RefreshedBoard(HubShelf("ann/gone", hub.api()), tmp_path / "work")
    assert ids(again) == ["gpt-4o-2024-08-06-fine-tune/cold"]
    assert not again.look()
    assert "is the last one known, from before this page was started" in str(again.age())
    (tmp_path / "work" / "boards" / "current").write_text("../../../etc")
    damaged = RefreshedBoard(HubShelf(REPO, hub.api()), tmp_path / "work")
    assert damaged.board() == BoardFolder(seed_path()).board()


def test_a_repository_that_is_not_there_is_a_sentence(hub: LocalHub) -> None:
    with pytest.raises(EngineError, match="ann/none: the Hub does not give it"):
        HubShelf("ann/none", hub.api()).look()


def test_no_token_is_shown(hub: LocalHub, tmp_path: Path) -> None:
    token = hub.token("ann")
    source = RefreshedBoard(HubShelf("ann/none", hub.api(token)), tmp_path / "work")
    source.look()
    assert token not in str(source.age())


def test_old_boards_are_cleared_away(tmp_path: Path) -> None:
    root = tmp_path / "in"
    source = RefreshedBoard(LocalShelf(root), tmp_path / "work")
    for count in range(1, 5):
        put_studies(root, count)
        assert source.look()
        assert len(source.board().entries) == count
    boards = tmp_path / "work" / "boards"
    assert sorted(path.name for path in boards.iterdir()) == ["000003", "000004", "current"]


class Watched:
    """A folder as a shelf; ``often`` is set when it is looked at for the ``looks``-th time, and
    what was built after the looks before is in place."""

    def __init__(self, root: Path, looks: int) -> None:
        self._shelf = LocalShelf(root)
        self._left = looks
        self.often = threading.Event()
        self.name = self._shelf.name
        self.listing = self._shelf.listing
        self.opened = self._shelf.opened
        self.since = self._shelf.since

    def look(self) -> str:
        self._left -= 1
        if self._left <= 0:
            self.often.set()
        return self._shelf.look()


def test_the_thread_looks_by_itself_and_stops(tmp_path: Path) -> None:
    put_studies(tmp_path / "in", 1)
    shelf = Watched(tmp_path / "in", looks=2)
    source = RefreshedBoard(shelf, tmp_path / "work", interval_s=0.01)
    before = threading.active_count()
    source.start()
    source.start()
    assert shelf.often.wait(timeout=120.0)
    source.stop()
    source.stop()
    assert threading.active_count() == before
    assert len(source.board().entries) == 1


def test_stopping_gives_up_a_build_and_starting_takes_it_up_again(tmp_path: Path) -> None:
    put_studies(tmp_path / "in", 1)
    shelf = Watched(tmp_path / "in", looks=3)
    source = RefreshedBoard(shelf, tmp_path / "work", interval_s=0.01)
    source.stop()
    assert not source.look()
    assert source.board() == BoardFolder(seed_path()).board()
    source.start()
    assert shelf.often.wait(timeout=120.0)
    source.stop()
    assert len(source.board().entries) == 1
