"""Verifies submissions in a worker process, with a limit on its time and memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from warmbench.errors import DataError
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench_leaderboard.index.submission_result import (
    SubmissionResult,
    read_result,
    refused,
    write_result,
)
from warmbench_leaderboard.store.submission_store import StoredSubmission
from warmbench_leaderboard.workers.worker import Worker, WorkerError, WorkLimits, worker_command

__all__ = ["SUBMISSION_LIMITS", "SubmissionVerifier", "WorkerSubmissionVerifier"]

SUBMISSION_LIMITS = WorkLimits(time_s=900.0, memory_bytes=4 * 2**30)
"""For one submission. The largest release with three arms is about 150,000 rows; a fast core
verifies about 1,500 rows a second."""

_COMMAND = worker_command("warmbench_leaderboard.index.verify_submission")


class SubmissionVerifier(Protocol):
    """Verifies submissions."""

    def verify(self, submission: StoredSubmission, root: Path, out: Path) -> SubmissionResult:
        """The result of a submission below ``root``; also written to the folder ``out``."""
        ...


class WorkerSubmissionVerifier:
    """A ``SubmissionVerifier`` with one worker for all submissions.

    ``is_cancelled`` is polled while the worker runs; ``Cancelled`` is raised once it is true.
    ``release``: the folder of the QA release of the bundles, where it is neither embedded nor on
    the Hub.
    """

    def __init__(
        self,
        limits: WorkLimits | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
        release: Path | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._worker = Worker(command, limits or SUBMISSION_LIMITS, is_cancelled)
        self._release = release

    def __enter__(self) -> WorkerSubmissionVerifier:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.stop()

    def verify(self, submission: StoredSubmission, root: Path, out: Path) -> SubmissionResult:
        request = {
            "kind": submission.kind.value,
            "name": submission.name,
            "path": str((root / submission.path).absolute()),
            "release": str(self._release.absolute()) if self._release else None,
            "out": str(out.absolute()),
        }
        try:
            for _ in self._worker.messages(request):
                raise WorkerError.unreadable()
            return _written_result(submission, out)
        except WorkerError as error:
            result = refused(submission.name, error.code.value, error.text)
            write_result(out, result, ())
            return result


def _written_result(submission: StoredSubmission, out: Path) -> SubmissionResult:
    """What the worker wrote about this submission; a result of any other is refused."""
    try:
        result = read_result(out)
    except DataError:
        result = None
    if result is None or result.submission != submission.name:
        raise WorkerError(RejectionCode.NOT_CHECKABLE, "the verification returned no result")
    return result
