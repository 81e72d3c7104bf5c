"""``warmbench.load``: the benchmark's rows as a pandas table, with no download."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from warmbench.conditions import Belief, Context, Task
from warmbench.data.release import OPEN_PREFIX, Release, open_release_path, read_release
from warmbench.errors import UsageError

__all__ = ["load", "open_data"]

_Choice = TypeVar("_Choice", Context, Belief)


def load(
    config: str = "open",
    *,
    context: str | Sequence[str] | None = None,
    belief: str | Sequence[str] | None = None,
    data: str | Path = "open",
) -> pd.DataFrame:
    """The items of a config as a table with the columns of the QA release.

    ``config``: ``open`` (all of the open pool), a task (``truthfulqa``; the open pool's where the
    release holds no other) or ``open_<task>``. ``context`` and ``belief``: one or several names
    (default: all). ``data``: ``open`` for the embedded release, or a release folder.

    Raises ``UsageError`` for an unknown name and ``DataError`` for a damaged release.
    """
    release = open_data(str(data))
    contexts = _chosen(Context, context)
    beliefs = _chosen(Belief, belief)
    items = release.items(_configs(release, config), contexts)
    rows = [item.to_row() for item in items if item.belief in beliefs]
    return pd.DataFrame(rows)


def open_data(data: str) -> Release:
    """The release that ``--data`` names: ``open`` or a folder."""
    if data == "open":
        return read_release(open_release_path())
    path = Path(data).expanduser()
    if not path.is_dir():
        raise UsageError(f"--data {data}: not open, and no such folder")
    return read_release(path)


def _configs(release: Release, config: str) -> list[str]:
    if config == "open":
        return [name for name in release.configs if name.startswith(OPEN_PREFIX)]
    if config not in release.configs and config in tuple(Task):
        return [OPEN_PREFIX + config]
    return [config]


def _chosen(enum: type[_Choice], wanted: str | Sequence[str] | None) -> tuple[_Choice, ...]:
    if wanted is None:
        return tuple(enum)
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    try:
        return tuple(enum(name) for name in names)
    except ValueError:
        unknown = next(name for name in names if name not in tuple(enum))
        raise UsageError(
            f"no {enum.__name__.lower()} {unknown!r}; they are {', '.join(enum)}"
        ) from None
