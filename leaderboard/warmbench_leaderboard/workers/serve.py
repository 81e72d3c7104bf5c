"""The worker's end of ``Worker``: answers requests, one JSON line each, within limits.

A request is answered by any number of JSON lines, then ``{"done": {...}}`` with its cost. The
limits (bytes of memory, seconds per request) are the last two command-line arguments.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Cost", "SendMessage", "serve"]

_GRACE_S = 30
"""The process ends itself this long after its time limit, should the parent not do so."""

_STATUS = Path("/proc/self/status")
_PEAK = "VmHWM:"

SendMessage = Callable[[Mapping[str, Any]], None]


class Cost(BaseModel):
    """What a request cost the process. ``cpu_s``: seconds of CPU for this request; ``peak_bytes``:
    the largest resident memory so far, None where the system does not report it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    cpu_s: float
    peak_bytes: int | None

    @classmethod
    def since(cls, cpu_before_s: float) -> Cost:
        """The cost since ``time.process_time`` was ``cpu_before_s``."""
        return cls(cpu_s=time.process_time() - cpu_before_s, peak_bytes=_peak_bytes())


def serve(answer: Callable[[Mapping[str, Any], SendMessage], None]) -> None:
    """Answer the requests on standard input, until it ends."""
    memory_bytes, time_s = int(sys.argv[-2]), float(sys.argv[-1])
    output = _take_standard_output()
    _limit_memory(memory_bytes)

    def send(message: Mapping[str, Any]) -> None:
        print(json.dumps(message), file=output, flush=True)

    print("ready", file=output, flush=True)
    for line in sys.stdin:
        _set_alarm(math.ceil(time_s) + _GRACE_S)
        started = time.process_time()
        answer(json.loads(line), send)
        send({"done": Cost.since(started).model_dump()})
        _set_alarm(0)


def _take_standard_output() -> IO[str]:
    """The standard output of this process, for messages alone; whatever prints to it from now on
    prints to standard error."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return output


def _set_alarm(seconds: int) -> None:
    """Kill this process after ``seconds`` (0: never), even inside a library, where the system
    allows it: the parent may be gone."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit_memory(limit: int) -> None:
    """Allow at most ``limit`` bytes of data, where the system can enforce it.

    Not of address space: libraries reserve and map three times as much of that as they use.
    """
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _peak_bytes() -> int | None:
    """Linux gives a new process its parent's ``ru_maxrss``; its own peak is in ``/proc``."""
    try:
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith(_PEAK):
                return int(line.split()[1]) * 1024
        import resource
    except (ImportError, OSError):
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
