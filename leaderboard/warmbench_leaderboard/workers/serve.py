"""The other end of ``Worker``: answers requests, a JSON line each, within limits.

Each answer is any number of JSON lines, then ``{"done": {...}}`` with what it cost. The limits
(bytes of memory, seconds a request) are the last two arguments of the command line.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import IO, Any

from warmbench_leaderboard.workers.cost import Cost

__all__ = ["Tell", "serve"]

_GRACE_S = 30
"""The process ends itself so long after whoever asked should have ended it."""

Tell = Callable[[Mapping[str, Any]], None]


def serve(answer: Callable[[Mapping[str, Any], Tell], None]) -> None:
    """Answer what the lines of standard input ask, until it ends."""
    memory_bytes, time_s = int(sys.argv[-2]), float(sys.argv[-1])
    replies = _own_standard_output()
    _limit_memory(memory_bytes)

    def tell(reply: Mapping[str, Any]) -> None:
        print(json.dumps(reply), file=replies, flush=True)

    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        _alarm(math.ceil(time_s) + _GRACE_S)
        started = time.process_time()
        answer(json.loads(line), tell)
        tell({"done": Cost.since(started).model_dump()})
        _alarm(0)


def _own_standard_output() -> IO[str]:
    """What this process was given as standard output; whoever prints to it later, prints to the
    standard error instead."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return replies


def _alarm(seconds: int) -> None:
    """Die in so many seconds (0: don't), even inside a library, where the system can see to it:
    whoever asked may be gone."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit_memory(limit: int) -> None:
    """No more than ``limit`` bytes of data, where the system can see to it.

    Not of address space: libraries reserve and map three times as much of that as they use.
    """
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
