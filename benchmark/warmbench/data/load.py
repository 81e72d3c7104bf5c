"""``warmbench.load``: the benchmark's rows as a pandas table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from warmbench.conditions import Belief, Context
from warmbench.data.location import HUB_QA, parse_hub_release, release_folder
from warmbench.data.release import (
    JUDGING_CONFIG,
    OPEN_PREFIX,
    Release,
    open_release_path,
    read_release,
)
from warmbench.errors import UsageError
from warmbench.records.labelled_answer import Part
from warmbench.tasks.registry import all_tasks

__all__ = ["chosen_members", "load", "open_data"]

_Choice = TypeVar("_Choice", Context, Belief)


def load(
    config: str = "open",
    *,
    context: str | Sequence[str] | None = None,
    belief: str | Sequence[str] | None = None,
    version: str | None = None,
    data: str | Path = "open",
) -> pd.DataFrame:
    """The items of a config as a table with the columns of the QA release.

    ``config``: ``open`` (all of the open pool), a task (``truthfulqa``; the open pool's where the
    release holds no other), ``open_<task>``, or ``judging``: labelled answers to measure judges on,
    which have other columns and neither context nor belief. ``context`` and ``belief``: one or
    several names (default: all). ``data``: ``open`` for the embedded release, a folder, or a
    repository on the Hugging Face Hub, ``ORG/NAME`` with ``version`` or ``ORG/NAME@vX.Y.Z``;
    ``version`` alone means the embedded release if it is that one, else the published one. What
    comes from the Hub is fetched once and then read from its cache, without a network.

    Raises ``UsageError`` for an unknown name, ``DataError`` for a damaged release, ``RunError``
    where the Hub can't be reached.
    """
    release = open_data(_data_of(str(data), version))
    if config == JUDGING_CONFIG:
        if context is not None or belief is not None:
            raise UsageError(f"{JUDGING_CONFIG} has no contexts and no beliefs; give neither")
        answers = [answer for part in Part for answer in release.labelled_answers(part)]
        return pd.DataFrame([answer.to_row() for answer in answers])
    contexts = chosen_members(Context, context)
    beliefs = chosen_members(Belief, belief)
    items = release.items(_configs(release, config), contexts)
    rows = [item.to_row() for item in items if item.belief in beliefs]
    return pd.DataFrame(rows)


def open_data(data: str) -> Release:
    """The QA release that ``--data`` names: ``open``, a folder, or ``ORG/NAME@vX.Y.Z``."""
    return read_release(release_folder(data))


def _data_of(data: str, version: str | None) -> str:
    """``data`` with the version in it, or as it is where it holds that version."""
    if version is None:
        return data
    if data == "open":
        if read_release(open_release_path()).version == version:
            return data
        return _on_hub(HUB_QA, version)
    if Path(data).expanduser().is_dir():
        found = read_release(Path(data).expanduser()).version
        if found != version:
            raise UsageError(f"{data}: is version {found}, not {version}")
        return data
    return data if data == _on_hub(data.split("@")[0], version) else _on_hub(data, version)


def _on_hub(repo: str, version: str) -> str:
    spec = f"{repo}@v{version}"
    if parse_hub_release(spec) is None:
        raise UsageError(f"{spec}: not a release; give a folder or ORG/NAME, and a version X.Y.Z")
    return spec


def _configs(release: Release, config: str) -> list[str]:
    if config == "open":
        return [name for name in release.configs if name.startswith(OPEN_PREFIX)]
    if config not in release.configs and config in all_tasks():
        return [OPEN_PREFIX + config]
    return [config]


def chosen_members(enum: type[_Choice], wanted: str | Iterable[str] | None) -> tuple[_Choice, ...]:
    """The members of those names, or of the one name; None: all. Raises ``UsageError`` for an
    unknown name."""
    if wanted is None:
        return tuple(enum)
    is_one = isinstance(wanted, str) or not isinstance(wanted, Iterable)
    names: list[Any] = [wanted] if is_one else list(wanted)
    try:
        return tuple(enum(name) for name in names)
    except ValueError:
        unknown = next(name for name in names if name not in tuple(enum))
        raise UsageError(
            f"no {enum.__name__.lower()} {unknown!r}; they are {', '.join(enum)}"
        ) from None
