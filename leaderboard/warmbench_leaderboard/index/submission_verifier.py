"""Has submissions examined by another process, which may take only so long and so much memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from warmbench.errors import DataError
from warmbench.submission.bundle.rejection_code import RejectionCode
from warmbench_leaderboard.index.outcome import Outcome, refused
from warmbench_leaderboard.index.verified_folder import read_outcome, write_examined
from warmbench_leaderboard.store.submission_store import Shelved
from warmbench_leaderboard.workers.limits import WorkLimits
from warmbench_leaderboard.workers.stopped_work import StoppedWork
from warmbench_leaderboard.workers.worker import Worker, worker_command

__all__ = ["EXAM_LIMITS", "Examiner", "WorkerExaminer"]

EXAM_LIMITS = WorkLimits(time_s=900.0, memory_bytes=4 * 2**30)
"""Of one submission. The largest release with three arms is some 150,000 rows; a quick core
verifies about 1,500 of them a second."""

_COMMAND = worker_command("warmbench_leaderboard.index.worker")


class Examiner(Protocol):
    """Whoever examines submissions."""

    def examine(self, submission: Shelved, root: Path, out: Path) -> Outcome:
        """The outcome of a submission that lies under ``root``, written into the folder ``out``."""
        ...


class WorkerExaminer:
    """An ``Examiner`` whose worker lives on from one submission to the next.

    ``cancelled`` is asked while it waits; where it says yes, ``Cancelled`` is raised. ``release``:
    the folder of the QA release of the bundles, where it is neither embedded nor on the Hub.
    """

    def __init__(
        self,
        limits: WorkLimits | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        release: Path | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._worker = Worker(command, limits or EXAM_LIMITS, cancelled)
        self._release = release

    def __enter__(self) -> WorkerExaminer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.end()

    def examine(self, submission: Shelved, root: Path, out: Path) -> Outcome:
        request = {
            "kind": submission.kind.value,
            "name": submission.name,
            "path": str((root / submission.path).absolute()),
            "release": str(self._release.absolute()) if self._release else None,
            "out": str(out.absolute()),
        }
        try:
            for _ in self._worker.replies(request):
                raise StoppedWork.unreadable()
            return _outcome_of(submission, out)
        except StoppedWork as error:
            outcome = refused(submission.name, error.code.value, error.text)
            write_examined(out, outcome, ())
            return outcome


def _outcome_of(submission: Shelved, out: Path) -> Outcome:
    """What the worker wrote of this submission, and of no other."""
    try:
        found = read_outcome(out)
    except DataError:
        found = None
    if found is None or found.submission != submission.name:
        raise StoppedWork(RejectionCode.NOT_CHECKABLE, "the check left no outcome")
    return found
