"""What the tests of the index share: submissions on disk, and who examines them in this process."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.benchmark.submission.verification.made_bundles import honest_bundle, small_release
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench_leaderboard.index.board import Board
from warmbench_leaderboard.index.build_board import fold
from warmbench_leaderboard.index.outcome import Outcome
from warmbench_leaderboard.index.verified_folder import write_examined
from warmbench_leaderboard.index.verify_submission import examine
from warmbench_leaderboard.store.local_store import LocalShelf
from warmbench_leaderboard.store.submission_store import Shelved

__all__ = ["PUBLISHED", "InProcess", "fold_folder", "put_bundle", "put_studies", "tree_of"]

PUBLISHED = Path(__file__).parents[3] / "submissions" / "published"


class InProcess:
    """An ``Examiner`` without another process; remembers what it was asked about."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def examine(self, submission: Shelved, root: Path, out: Path) -> Outcome:
        self.asked.append(submission.name)
        release = small_release().path
        found = examine(submission.kind, submission.name, root / submission.path, release)
        write_examined(out, *found)
        return found[0]


def put_studies(root: Path, count: int = 2) -> None:
    """The first published studies into ``root``."""
    (root / "published").mkdir(parents=True, exist_ok=True)
    for path in sorted(PUBLISHED.glob("*.json"))[:count]:
        shutil.copyfile(path, root / "published" / path.name)


def put_bundle(root: Path, name: str | None = None) -> Path:
    """The honest bundle into ``root``, under its own name by default."""
    bundle = honest_bundle()
    target = root / "bundles" / (name or read_bundle(bundle).folder_name)
    shutil.copytree(bundle, target)
    return target


def fold_folder(root: Path, out: Path, cache: Path, examiner: InProcess | None = None) -> Board:
    """The board of a folder of submissions."""
    shelf = LocalShelf(root)
    return fold(shelf, shelf.listing(), out, cache, examiner or InProcess())


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
