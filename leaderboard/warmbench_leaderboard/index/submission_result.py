"""The result of verifying one submission: its entries, or why it was refused.

On disk: a folder with ``result.json`` and the details of each arm.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.folders import new_folder
from warmbench_leaderboard.index.board import Details, Entry, Refusal

__all__ = [
    "RESULT_VERSION",
    "TEMPORARY_CODES",
    "SubmissionResult",
    "link_details",
    "one_line",
    "read_result",
    "refused",
    "write_result",
]

RESULT_VERSION: Literal["1"] = "1"

TEMPORARY_CODES = frozenset({"release-out-of-reach"})
"""Refusals that may not hold a moment later: they are not cached."""

_RESULT = "result.json"
_LARGEST_RESULT = 2**20
_LONGEST_REASON = 500


class SubmissionResult(BaseModel):
    """``fingerprint``: of the bundle's rows; None for a published study and for a bundle that
    could not be read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    result_version: Literal["1"] = RESULT_VERSION
    submission: str
    fingerprint: str | None = None
    entries: tuple[Entry, ...] = ()
    refusal: Refusal | None = None


def refused(submission: str, code: str, reason: str) -> SubmissionResult:
    """A result without entries. The reason may quote the submission: it is cut to length and made
    printable."""
    refusal = Refusal(
        submission=one_line(submission), code=code, reason=one_line(reason, _LONGEST_REASON)
    )
    return SubmissionResult(submission=refusal.submission, refusal=refusal)


def one_line(text: str, longest: int = 100) -> str:
    """``text`` cut to ``longest`` characters, with each unprintable one replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:longest])


def write_result(folder: Path, result: SubmissionResult, details: Iterable[Details]) -> None:
    """Write the folder, whole or not at all. Raises ``OutputError``."""
    with new_folder(folder) as built:
        for each in details:
            _write(built / f"{_arm_of(each.entry_id)}.json", each)
        _write(built / _RESULT, result)


def read_result(folder: Path) -> SubmissionResult | None:
    """The result in a folder; None where there is none. Raises ``DataError`` for a malformed
    one."""
    path = folder / _RESULT
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_RESULT + 1)
    except OSError:
        return None
    if len(content) > _LARGEST_RESULT:
        raise DataError(f"{path}: over {_LARGEST_RESULT:,} bytes")
    try:
        return SubmissionResult.model_validate_json(content)
    except ValidationError as error:
        raise DataError(f"{path}: not a submission result ({first_problem(error)})") from None


def link_details(folder: Path, entry: Entry, target: Path) -> None:
    """Hard-link the details of an entry to ``target``, or copy them where links can't be made."""
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
