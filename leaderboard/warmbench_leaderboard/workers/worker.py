"""Asks another process, which may take only so long and so much memory, and reads what it says.

The other end is ``serve``. Whatever the process does, its lines are read as they come, none longer
than ``_LONGEST_LINE``, and never more than a few ahead.
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
from threading import Thread
from types import TracebackType
from typing import IO, Any

from pydantic import ValidationError

from warmbench.errors import RunError
from warmbench.submission.bundle.rejection_code import RejectionCode
from warmbench_leaderboard.workers.cost import Cost
from warmbench_leaderboard.workers.limits import WorkLimits
from warmbench_leaderboard.workers.stopped_work import Cancelled, StoppedWork

__all__ = ["Worker", "worker_command"]

_ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Arrow's own allocator sets a gigabyte aside at once, all of which counts against the limit."""

_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|API_?KEY", re.IGNORECASE)
"""Of variables that a process which reads strangers' files has no need of. So it can read public
releases alone."""

_START_S = 120.0
_GLANCE_S = 0.2
_LONGEST_LINE = 2**20
_LINES_AHEAD = 64


def worker_command(module: str) -> tuple[str, ...]:
    """How to run a module that calls ``serve``."""
    return sys.executable, "-m", module


class Worker:
    """A process that is started when it is first asked, and anew after each that was stopped.

    ``command`` is given the limits as its last arguments. ``cancelled`` is asked while it waits;
    where it says yes, ``Cancelled`` is raised. ``cost``: of the last request, None where that
    came to no end.
    """

    def __init__(
        self,
        command: Sequence[str],
        limits: WorkLimits,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._command = command
        self._limits = limits
        self._cancelled = cancelled
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
        self.end()

    def replies(self, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """What the process says to a request, one after the other as it comes.

        Raises ``StoppedWork`` where that comes to no end, ``RunError`` where the process does not
        start. An iteration that is left early ends the process.
        """
        ended, self.cost = False, None
        try:
            process = self._started()
            process.ask(json.dumps(request))
            until = time.monotonic() + self._limits.time_s
            while (said := self._said(process, until)).get("done") is None:
                yield said
            self.cost = _cost_of(said["done"])
            ended = True
        finally:
            if not ended:
                self.end()

    def end(self) -> None:
        """Stop the process, whatever it is at."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _started(self) -> _Process:
        if self._process is not None and self._process.has_ended:
            self.end()
        if self._process is None:
            limits = (str(self._limits.memory_bytes), str(self._limits.time_s))
            self._process = _Process([*self._command, *limits])
            if self._line(self._process, time.monotonic() + _START_S) != "ready":
                raise RunError("the process that checks submissions does not start")
        return self._process

    def _said(self, process: _Process, until: float) -> Mapping[str, Any]:
        line = self._line(process, until)
        if line is None:
            text = f"the check took more than {self._limits.time_s:g} seconds"
            raise StoppedWork(RejectionCode.TOO_SLOW, text)
        if not line:
            memory = self._limits.memory_bytes / 2**20
            text = f"the check died of it, or needs more than {memory:,.0f} MiB"
            raise StoppedWork(RejectionCode.NOT_CHECKABLE, text)
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise StoppedWork.unreadable()
        return said

    def _line(self, process: _Process, until: float) -> str | None:
        """The next line of the process, empty where it ended, None where the time is up."""
        while (left := until - time.monotonic()) > 0.0:
            if self._cancelled():
                raise Cancelled("the check of submissions was called off")
            with suppress(queue.Empty):
                return process.lines.get(timeout=min(left, _GLANCE_S))
        return None


class _Process:
    """The process, and a thread that listens to it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding="utf-8", errors="replace", env=_environment(),
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue(_LINES_AHEAD)
        assert self._process.stdout is not None
        self._listener = Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def ask(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it ended: that is heard when it is listened to
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        while self._listener.is_alive():  # it may be waiting for somebody to read
            with suppress(queue.Empty):
                self.lines.get(timeout=_GLANCE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _listen(self, pipe: IO[str]) -> None:
        while (line := pipe.readline(_LONGEST_LINE)).endswith("\n"):
            self.lines.put(line.strip() or "null")
        self.lines.put("")


def _environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
    return {**ours, **_ENVIRONMENT}


def _cost_of(said: object) -> Cost:
    try:
        return Cost.model_validate(said)
    except ValidationError:
        raise StoppedWork.unreadable() from None
