"""What the tests of the index share: submissions on disk, and who examines them in this process."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.benchmark.submission.verification.made_bundles import honest_bundle, small_release
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench_leaderboard.index.board import Board
from warmbench_leaderboard.index.build_board import build_board
from warmbench_leaderboard.index.submission_result import SubmissionResult, write_result
from warmbench_leaderboard.index.verify_submission import verify_submission
from warmbench_leaderboard.store.local_store import LocalSubmissionStore
from warmbench_leaderboard.store.submission_store import StoredSubmission

__all__ = ["PUBLISHED", "InProcess", "build_folder", "put_bundle", "put_studies", "tree_of"]

PUBLISHED = Path(__file__).parents[3] / "submissions" / "published"


class InProcess:
    """A ``SubmissionVerifier`` without a worker; remembers what it verified."""

    def __init__(self) -> None:
        self.verified: list[str] = []

    def verify(self, submission: StoredSubmission, root: Path, out: Path) -> SubmissionResult:
        self.verified.append(submission.name)
        release = small_release().path
        found = verify_submission(submission.kind, submission.name, root / submission.path, release)
        write_result(out, *found)
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


def build_folder(root: Path, out: Path, cache: Path, verifier: InProcess | None = None) -> Board:
    """The board of a folder of submissions."""
    store = LocalSubmissionStore(root)
    return build_board(store, store.listing(), out, cache, verifier or InProcess())


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
