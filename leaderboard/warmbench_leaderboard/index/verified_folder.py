"""An examined submission on disk: ``outcome.json``, and the details of each of its arms."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.folders import new_folder
from warmbench_leaderboard.index.board import Details, Entry
from warmbench_leaderboard.index.outcome import Outcome

__all__ = ["link_details", "read_outcome", "write_examined"]

_OUTCOME = "outcome.json"

_LARGEST_OUTCOME = 2**20


def write_examined(folder: Path, outcome: Outcome, details: Iterable[Details]) -> None:
    """Write the folder, whole or not at all. Raises ``OutputError``."""
    with new_folder(folder) as built:
        for each in details:
            _write(built / f"{_arm_of(each.entry_id)}.json", each)
        _write(built / _OUTCOME, outcome)


def read_outcome(folder: Path) -> Outcome | None:
    """The outcome in a folder; None where there is none. Raises ``DataError`` for one that is
    malformed."""
    path = folder / _OUTCOME
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_OUTCOME + 1)
    except OSError:
        return None
    if len(content) > _LARGEST_OUTCOME:
        raise DataError(f"{path}: over {_LARGEST_OUTCOME:,} bytes")
    try:
        return Outcome.model_validate_json(content)
    except ValidationError as error:
        raise DataError(f"{path}: not an outcome ({first_problem(error)})") from None


def link_details(folder: Path, entry: Entry, target: Path) -> None:
    """Put the details of an entry at ``target``: the same file, or a copy where links can't be."""
    source = folder / f"{_arm_of(entry.entry_id)}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _arm_of(entry_id: str) -> str:
    return entry_id.rpartition("/")[2]


def _write(path: Path, value: BaseModel) -> None:
    path.write_text(value.model_dump_json() + "\n", encoding="utf-8", newline="\n")
