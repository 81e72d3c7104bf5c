"""The board that ships: just what the repository's submissions give, byte for byte."""

from __future__ import annotations

from pathlib import Path

from tests.leaderboard.store.stores import PUBLISHED, tree_of
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.index.board_folder import BoardFolder, seed_path
from warmbench_leaderboard.index.build_board import build_board
from warmbench_leaderboard.index.submission_verifier import WorkerSubmissionVerifier
from warmbench_leaderboard.store.local_store import LocalSubmissionStore


def test_the_seed_is_what_the_submissions_give(tmp_path: Path) -> None:
    """Where this fails: `python -m warmbench_leaderboard.index --submissions submissions --out
    leaderboard/warmbench_leaderboard/seed --replace`."""
    store = LocalSubmissionStore(PUBLISHED.parent)
    with WorkerSubmissionVerifier() as verifier:
        build_board(store, store.listing(), tmp_path / "out", tmp_path / "cache", verifier)
    assert tree_of(tmp_path / "out") == tree_of(seed_path())


def test_the_seed_shows_the_papers_studies() -> None:
    source = BoardFolder(seed_path())
    published = [e for e in source.board().entries if e.badge is Badge.PUBLISHED]
    assert len(published) == 11
    assert sum(entry.rank is not None for entry in published) == 8
    assert source.board().refused == ()
    for entry in source.board().entries:
        assert source.details(entry.entry_id).entry_id == entry.entry_id
