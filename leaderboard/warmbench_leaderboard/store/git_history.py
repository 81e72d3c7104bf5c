"""When a Git checkout first had a file: by the order of its main line, which only those who merge
make; the dates of commits are what their authors say."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

__all__ = ["first_commits"]

_TIMEOUT_S = 60.0
_COMMIT = "commit:"


def first_commits(root: Path, paths: Sequence[str]) -> dict[str, int]:
    """Path (below ``root``) -> the number of the commit that first had it: 0 for the oldest of all
    that brought one of ``paths``. Without those that are not committed; nothing where ``root`` is
    in no checkout, or Git is not there. Files that one merge brought have one number, as has all
    that lies before the end of a shallow history."""
    if not paths:
        return {}
    command = [
        "git", "-C", str(root), "log", "--first-parent", "--diff-merges=first-parent", "--reverse",
        "--no-renames", "--diff-filter=A", "--name-only", "--relative", "-z",
        f"--format={_COMMIT}%H", "--", *(f":(literal){path}" for path in paths),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, check=True, timeout=_TIMEOUT_S, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[str, int] = {}
    number = -1
    for line in done.stdout.replace("\n", "\0").split("\0"):
        if line.startswith(_COMMIT):
            number += 1
        elif line:
            found.setdefault(line, number)
    return found
