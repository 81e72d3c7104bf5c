"""One cell of a table that somebody else wrote, read as what it should be.

A CSV holds texts alone, and a whole column of numbers with a gap holds 1.0 for 1 and NaN for the
gap; an empty cell says nothing. A list in a cell is JSON where a program meant it to be read, and
what Python, pandas or numpy print of it where nobody thought of it (``data.printed_list``).
"""

from __future__ import annotations

import json
import re
from typing import Any

from warmbench.data.printed_list import parse_printed_list
from warmbench.errors import DataError

__all__ = ["cell_text", "cell_texts", "cell_truth", "cell_whole_number"]

_TRUTHS = {"true": True, "1": True, "correct": True, "false": False, "0": False, "incorrect": False}
_SHOWN = 80

_LIKE_A_LIST = re.compile(r"\[|(?:np\.|numpy\.)?array\(|\{\s*(?:'[^']*'|\"[^\"]*\")\s*:")
"""How a list, an array or a dictionary begins."""


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


def cell_texts(where: str, column: str, value: Any) -> tuple[str, ...]:
    """The texts of a list, of a list in a text (JSON, or as Python or numpy print it), or one text.

    Blank texts and missing values are left out. Raises ``DataError`` for anything else, and for a
    text that begins as a list does and is none: nobody can tell whether it is one answer or more.

    >>> cell_texts("a.csv, row 1", "correct_answers", "['Lima', 'City of Kings']")
    ('Lima', 'City of Kings')
    """
    found = _list_in(value) if isinstance(value, str) else value
    if isinstance(found, str) and _LIKE_A_LIST.match(found):
        raise DataError(
            f"{where}: {column!r} should be a list of texts or one text, found "
            f"{found[:_SHOWN]!r}, which is neither; write a list as JSON: "
            '["Lima", "City of Kings"]'
        )
    if not isinstance(found, list | tuple):
        found = [found]
    if not all(each is None or isinstance(each, str | int | float) for each in found):
        raise DataError(
            f"{where}: {column!r} should be a list of texts or one text, found "
            f"{str(value)[:_SHOWN]!r}"
        )
    return tuple(text for each in found if (text := cell_text(each)))


def _list_in(text: str) -> Any:
    """The list that a text spells, else the text without blanks around it."""
    text = text.strip()
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    printed = parse_printed_list(text)
    return text if printed is None else printed
