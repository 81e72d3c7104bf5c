"""How long the index of 10,000 submissions takes, what memory it needs, and what one submission
costs to verify.

``python -m tests.performance.board_index [SUBMISSIONS]``. Nothing here is asserted: machines
differ. The submissions are folders of their own with small files in them, already verified; each
step runs in a fresh process, so that its peak memory is its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmark.submission.verification.made_bundles import HONEST, make_bundle, open_release
from tests.leaderboard.synthetic import synthetic_details, synthetic_entries
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench_leaderboard.index.board import Entry
from warmbench_leaderboard.index.board_folder import BoardFolder
from warmbench_leaderboard.index.build_board import build_board
from warmbench_leaderboard.index.ranking import rank_entries
from warmbench_leaderboard.index.submission_result import SubmissionResult, write_result
from warmbench_leaderboard.index.verify_submission import verify_submission
from warmbench_leaderboard.store.local_store import LocalSubmissionStore
from warmbench_leaderboard.store.submission_store import StoredSubmission, SubmissionKind

__all__ = ["SyntheticVerifier", "main", "write_submissions"]

SUBMISSIONS = 10_000
_MIB = 2**20


class SyntheticVerifier:
    """An ``SubmissionVerifier`` that has looked at everything beforehand: the result of a submission is the
    synthetic entry of its name."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = {entry.entry_id.partition("/")[0]: entry for entry in entries}
        self._details = synthetic_details(entries[0])

    def verify(self, submission: StoredSubmission, root: Path, out: Path) -> SubmissionResult:
        # One name each: a hostile name that many share would be refused as another's.
        entry = self._entries[submission.name].model_copy(update={"model": submission.name})
        result = SubmissionResult(
            submission=submission.name, fingerprint=submission.content, entries=(entry,)
        )
        details = self._details.model_copy(update={"entry_id": entry.entry_id})
        write_result(out, result, [details])
        return result


class NoVerifier:
    """An ``SubmissionVerifier`` that must not be asked: everything is known."""

    def verify(self, submission: StoredSubmission, root: Path, out: Path) -> SubmissionResult:
        raise AssertionError(f"{submission.name} was verified before")


def write_submissions(root: Path, entries: list[Entry]) -> None:
    """A folder of five files for each entry."""
    for entry in entries:
        folder = root / "bundles" / entry.entry_id.partition("/")[0]
        folder.mkdir(parents=True)
        for name in ("submission.json", "scorecard.json", "responses.jsonl", "prompt_responses.jsonl",
                     "verdicts.jsonl"):  # fmt: skip
            (folder / name).write_text(f"{entry.entry_id} {name}")


def main() -> None:
    """Print seconds, and the peak memory of each process in MiB."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SUBMISSIONS
    with tempfile.TemporaryDirectory() as folder:
        _print("verify one bundle on the open release", _verify(Path(folder)))
        for step in _STEPS:
            done = subprocess.run(
                [sys.executable, "-m", "tests.performance.board_index", str(count), folder, step],
                check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            if step != "prepare":
                print(done.stdout, end="")


def _verify(root: Path) -> float:
    """CPU seconds for one honest pair: 10,080 items and 200 prompts an arm."""
    bundle = make_bundle(root / "made", HONEST, open_release())
    name = read_bundle(bundle).folder_name
    started = time.process_time()
    result, _ = verify_submission(SubmissionKind.BUNDLE, name, bundle)
    assert result.refusal is None
    return time.process_time() - started


def _prepare(count: int, root: Path) -> None:
    entries = synthetic_entries(count, seed=0)
    write_submissions(root / "in", entries)
    store = LocalSubmissionStore(root / "in", root / "seen.json")
    build_board(store, store.listing(), root / "first", root / "cache", SyntheticVerifier(entries))


def _rebuild(count: int, root: Path) -> None:
    """All known, and a listing that remembers what it hashed."""
    store = LocalSubmissionStore(root / "in", root / "seen.json")
    with _timed(f"index of {count:,} known submissions, from the folder to the board"):
        build_board(store, store.listing(), root / "again", root / "cache", NoVerifier())


def _read(count: int, root: Path) -> None:
    with _timed(f"board of {count:,} entries read from disk"):
        BoardFolder(root / "again")


def _rank(count: int, root: Path) -> None:
    entries = synthetic_entries(count, seed=0)
    with _timed(f"ranks of {count:,} entries, together and apart"):
        rank_entries(entries)


_STEPS: dict[str, Callable[[int, Path], None]] = {
    "prepare": _prepare,
    "rebuild": _rebuild,
    "read": _read,
    "rank": _rank,
}


class _Timed(AbstractContextManager[None]):
    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._started, self._used = time.perf_counter(), time.process_time()

    def __exit__(self, *error: object) -> None:
        _print(self._name, time.process_time() - self._used, time.perf_counter() - self._started)


def _timed(name: str) -> AbstractContextManager[None]:
    return _Timed(name)


def _print(name: str, cpu_s: float, wall_s: float | None = None) -> None:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MIB
    wall = "" if wall_s is None else f" ({wall_s:.1f} s on the clock)"
    print(f"{name:<75} {cpu_s:>6.1f} s of CPU{wall}, {peak:,.0f} MiB at most")


if __name__ == "__main__":
    if len(sys.argv) > 3:
        _STEPS[sys.argv[3]](int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
