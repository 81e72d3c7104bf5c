"""One cell of a table that somebody else wrote, read as what it should be.

A CSV holds texts alone, and a whole column of numbers with a gap holds 1.0 for 1 and NaN for the
gap; an empty cell says nothing.
"""

from __future__ import annotations

from typing import Any

from warmbench.errors import DataError

__all__ = ["cell_text", "cell_truth", "cell_whole_number"]

_TRUTHS = {"true": True, "1": True, "correct": True, "false": False, "0": False, "incorrect": False}
_SHOWN = 80


def cell_text(value: Any) -> str:
    """The value as text, empty where the cell is."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def cell_truth(where: str, column: str, value: Any) -> bool | None:
    """True/false, 1/0 or correct/incorrect; None where the cell is empty.

    Raises ``DataError`` for anything else; ``where`` names file and row.
    """
    text = cell_text(value)
    if not text:
        return None
    truth = _TRUTHS.get(text.lower())
    if truth is None:
        raise DataError(f"{where}: {column!r} should be true or false, found {text[:_SHOWN]!r}")
    return truth


def cell_whole_number(where: str, column: str, value: Any) -> int:
    """A whole number; 0 where the cell is empty. Raises ``DataError`` for anything else."""
    text = cell_text(value)
    try:
        return int(text or 0)
    except ValueError:
        raise DataError(
            f"{where}: {column!r} should be a whole number, found {text[:_SHOWN]!r}"
        ) from None
