"""A worker: another process that answers requests within limits on time and memory.

The other end is ``serve``. Whatever the process does, its output is read line by line, no line
longer than ``_LONGEST_LINE``, and only a few lines ahead.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import IO, Any

from pydantic import ValidationError

from warmbench.errors import RunError
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench_leaderboard.workers.serve import Cost

__all__ = ["Cancelled", "WorkLimits", "Worker", "WorkerError", "worker_command"]

_ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Arrow's own allocator reserves a gigabyte at once, all of which counts against the limit."""

_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|API_?KEY", re.IGNORECASE)
"""Variables that a process which reads untrusted files must not have. It can therefore read only
public releases."""

_START_S = 120.0
_POLL_S = 0.2
_LONGEST_LINE = 2**20
_LINES_AHEAD = 64


def worker_command(module: str) -> tuple[str, ...]:
    """The command that runs a module which calls ``serve``."""
    return sys.executable, "-m", module


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """``time_s``: seconds per request. ``memory_bytes``: data and heap of the process; files that
    libraries map into memory don't count."""

    time_s: float
    memory_bytes: int


class WorkerError(RunError):
    """The process took too long, died, or wrote something invalid. It has been stopped."""

    def __init__(self, code: RejectionCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @classmethod
    def unreadable(cls) -> WorkerError:
        """For a process that wrote something invalid."""
        return cls(RejectionCode.NOT_CHECKABLE, "the verification wrote something invalid")


class Cancelled(RunError):
    """The request was cancelled."""


class Worker:
    """A process that starts with the first request, and again after it was stopped.

    ``command`` gets the limits as its last arguments. ``is_cancelled`` is polled while a request
    runs; ``Cancelled`` is raised once it is true. ``cost``: of the last request, None where that
    did not finish.
    """

    def __init__(
        self,
        command: Sequence[str],
        limits: WorkLimits,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._command = command
        self._limits = limits
        self._is_cancelled = is_cancelled
        self._process: _Process | None = None
        self.cost: Cost | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def messages(self, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The messages of the process about a request, as they come.

        Raises ``WorkerError`` where the request fails, ``RunError`` where the process does not
        start. Leaving the iteration early stops the process.
        """
        finished, self.cost = False, None
        try:
            process = self._running_process()
            process.send(json.dumps(request))
            deadline = time.monotonic() + self._limits.time_s
            while (message := self._next_message(process, deadline)).get("done") is None:
                yield message
            self.cost = _parse_cost(message["done"])
            finished = True
        finally:
            if not finished:
                self.stop()

    def stop(self) -> None:
        """Stop the process, whatever it is doing."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def _running_process(self) -> _Process:
        if self._process is not None and self._process.has_ended:
            self.stop()
        if self._process is None:
            limits = (str(self._limits.memory_bytes), str(self._limits.time_s))
            self._process = _Process([*self._command, *limits])
            if self._next_line(self._process, time.monotonic() + _START_S) != "ready":
                raise RunError("the worker that verifies submissions did not start")
        return self._process

    def _next_message(self, process: _Process, deadline: float) -> Mapping[str, Any]:
        line = self._next_line(process, deadline)
        if line is None:
            text = f"the verification took more than {self._limits.time_s:g} seconds"
            raise WorkerError(RejectionCode.TOO_SLOW, text)
        if not line:
            memory = self._limits.memory_bytes / 2**20
            text = f"verification crashed, or needs more than {memory:,.0f} MiB of memory"
            raise WorkerError(RejectionCode.NOT_CHECKABLE, text)
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise WorkerError.unreadable()
        return message

    def _next_line(self, process: _Process, deadline: float) -> str | None:
        """The next line of the process, empty where it ended, None after the deadline."""
        while (remaining := deadline - time.monotonic()) > 0.0:
            if self._is_cancelled():
                raise Cancelled("the verification of submissions was cancelled")
            with suppress(queue.Empty):
                return process.lines.get(timeout=min(remaining, _POLL_S))
        return None


class _Process:
    """The process, and a thread that reads its output."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding="utf-8", errors="replace", env=_environment(),
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue(_LINES_AHEAD)
        assert self._process.stdout is not None
        self._reader = Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def send(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # the process ended: reading its output will show that
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        while self._reader.is_alive():  # it may be blocked on a full queue
            with suppress(queue.Empty):
                self.lines.get(timeout=_POLL_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _read(self, pipe: IO[str]) -> None:
        while (line := pipe.readline(_LONGEST_LINE)).endswith("\n"):
            self.lines.put(line.strip() or "null")
        self.lines.put("")


def _environment() -> dict[str, str]:
    safe = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
    return {**safe, **_ENVIRONMENT}


def _parse_cost(message: object) -> Cost:
    try:
        return Cost.model_validate(message)
    except ValidationError:
        raise WorkerError.unreadable() from None
