"""``python -m warmbench_leaderboard.index.worker``: examines submissions for another process.

Asked ``{"kind", "name", "path", "release", "out"}``, it writes the outcome and its details into the
folder ``out``. Whatever a submission does to this process, the one that asked lives on, and reads
only JSON of a known form.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warmbench_leaderboard.index.verified_folder import write_examined
from warmbench_leaderboard.index.verify_submission import examine
from warmbench_leaderboard.store.submission_store import Kind
from warmbench_leaderboard.workers.serve import Tell, serve

__all__ = ["main"]


def main() -> None:
    """Examine what the lines of standard input name, until it ends."""
    serve(_examine)


def _examine(wanted: Mapping[str, Any], tell: Tell) -> None:
    release = Path(wanted["release"]) if wanted["release"] else None
    found = examine(Kind(wanted["kind"]), wanted["name"], Path(wanted["path"]), release)
    write_examined(Path(wanted["out"]), *found)


if __name__ == "__main__":
    main()
