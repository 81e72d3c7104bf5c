"""``python -m warmbench_leaderboard.index.worker``: examines submissions for another process.

One JSON line in: ``{"kind", "name", "path", "release", "out"}``. The outcome and its details are
written into the folder ``out``; then one line is printed. Whatever a submission does to this
process, the one that asked lives on, and reads only JSON of a known form.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO

from warmbench_leaderboard.index.examine import examine
from warmbench_leaderboard.index.examined_folder import write_examined
from warmbench_leaderboard.index.shelf import Kind

__all__ = ["main"]


def main() -> None:
    """Examine what the lines of standard input name, until it ends."""
    replies = _own_standard_output()
    _limit_memory(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        release = Path(wanted["release"]) if wanted["release"] else None
        found = examine(Kind(wanted["kind"]), wanted["name"], Path(wanted["path"]), release)
        write_examined(Path(wanted["out"]), *found)
        print("done", file=replies, flush=True)


def _own_standard_output() -> IO[str]:
    """What this process was given as standard output; whoever prints to it later, prints to the
    standard error instead."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return replies


def _limit_memory(limit: int) -> None:
    """No more than ``limit`` bytes of data, where the system can see to it (0: no limit)."""
    if limit <= 0:
        return
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    main()
