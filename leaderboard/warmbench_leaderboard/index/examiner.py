"""Has submissions examined by another process, which may take only so long and so much memory."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import IO, Protocol

from warmbench.errors import DataError, RunError
from warmbench_leaderboard.index.examined_folder import read_outcome, write_examined
from warmbench_leaderboard.index.outcome import Outcome, refused
from warmbench_leaderboard.index.shelf import Shelved

__all__ = ["Cancelled", "ExamLimits", "Examiner", "WorkerExaminer"]

_WORKER = (sys.executable, "-m", "warmbench_leaderboard.index.worker")

_START_S = 120.0
_GLANCE_S = 0.2


class Cancelled(RunError):
    """Whoever asked does not want the answer any more."""


@dataclass(frozen=True, slots=True)
class ExamLimits:
    """Seconds a submission may take, and bytes of data the process may have.

    The largest release with three arms is some 150,000 rows; a quick core verifies about 1,500 of
    them a second.
    """

    time_s: float = 900.0
    memory_bytes: int = 4 * 2**30


class Examiner(Protocol):
    """Whoever examines submissions."""

    def examine(self, submission: Shelved, root: Path, out: Path) -> Outcome:
        """The outcome of a submission that lies under ``root``, written into the folder ``out``."""
        ...


class WorkerExaminer:
    """An ``Examiner`` that starts a process when first asked, and a new one after each that died.

    ``cancelled`` is asked while it waits; where it says yes, ``Cancelled`` is raised. ``release``:
    the folder of the QA release of the bundles, where it is neither embedded nor on the Hub.
    """

    def __init__(
        self,
        limits: ExamLimits | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        release: Path | None = None,
        command: tuple[str, ...] = _WORKER,
    ) -> None:
        self._limits = limits or ExamLimits()
        self._cancelled = cancelled
        self._release = release
        self._command = command
        self._worker: _Worker | None = None

    def __enter__(self) -> WorkerExaminer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def examine(self, submission: Shelved, root: Path, out: Path) -> Outcome:
        line = json.dumps(
            {
                "kind": submission.kind.value,
                "name": submission.name,
                "path": str((root / submission.path).absolute()),
                "release": str(self._release.absolute()) if self._release else None,
                "out": str(out.absolute()),
            }
        )
        problem = self._asked(line)
        if problem is None:
            try:
                found = read_outcome(out)
            except DataError:
                found = None
            if found is not None and _is_of(found, submission.name):
                return found
            problem = "not-checkable", "the check left no outcome"
        outcome = refused(submission.name, *problem)
        write_examined(out, outcome, ())
        return outcome

    def _asked(self, line: str) -> tuple[str, str] | None:
        """Code and reason where the worker did not come to an end."""
        if self._worker is None:
            self._worker = _Worker([*self._command, str(self._limits.memory_bytes)])
            if self._answer(_START_S) != "ready":
                self._end()
                raise RunError("the process that examines submissions does not start")
        self._worker.ask(line)
        answer = self._answer(self._limits.time_s)
        if answer == "done":
            return None
        self._end()
        if answer is None:
            return "too-slow", f"the check took more than {self._limits.time_s:g} seconds"
        memory = self._limits.memory_bytes / 2**30
        return "not-checkable", f"the check died of it, or needs more than {memory:g} GiB"

    def _answer(self, most_s: float) -> str | None:
        """The next line of the worker, empty where it ended, None where the time is up."""
        assert self._worker is not None
        until = time.monotonic() + most_s
        while (left := until - time.monotonic()) > 0.0:
            if self._cancelled():
                self._end()
                raise Cancelled("the examination of submissions was called off")
            with suppress(queue.Empty):
                return self._worker.lines.get(timeout=min(left, _GLANCE_S))
        return None

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Worker:
    """The process, and a thread that listens to it."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        assert self._process.stdout is not None
        self._listener = Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    def ask(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it ended: that is heard when it is listened to
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _listen(self, pipe: IO[str]) -> None:
        for line in pipe:
            self.lines.put(line.strip())
        self.lines.put("")


def _is_of(outcome: Outcome, name: str) -> bool:
    """Whether an outcome speaks of the submission that was asked about and of no other."""
    return outcome.submission == name
