"""One row that stands in both releases and is not the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

__all__ = ["Part", "RowChange", "row_change"]


class Part(StrEnum):
    """What of a row changed, as people speak of it.

    ``condition``: whose task, question, context or belief it counts as. ``withheld``: something
    in a row of which only the fingerprint is there.
    """

    CONDITION = "condition"
    QUESTION = "question"
    FRAMING = "framing"
    BELIEF = "belief"
    MESSAGES = "messages"
    REFERENCES = "references"
    METADATA = "metadata"
    WITHHELD = "withheld"


_PART_OF = {
    **dict.fromkeys(("question_id", "task", "context", "belief"), Part.CONDITION),
    "question": Part.QUESTION,
    "framing": Part.FRAMING,
    "belief_text": Part.BELIEF,
    "messages": Part.MESSAGES,
    **dict.fromkeys(("correct_answers", "incorrect_answers"), Part.REFERENCES),
}
"""Column -> part; every other column is neither sent nor judged by, and so is metadata."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """``values``: column -> its old and new value, of those that differ; empty where the licence
    withholds the text and only the fingerprints say that there is a difference."""

    config: str
    split: str
    row_id: str
    values: Mapping[str, tuple[Any, Any]]

    @property
    def where(self) -> str:
        """``<config>/<split>/<row id>``, as in ``rows.sha256``."""
        return f"{self.config}/{self.split}/{self.row_id}"

    @property
    def parts(self) -> tuple[Part, ...]:
        """What changed, in the order of ``Part``."""
        return _parts_of(tuple(self.values))

    @property
    def is_breaking(self) -> bool:
        """Whether answers to the old row can't stand for the new one. What can't be seen counts
        as such: no change of a text may pass as one of metadata."""
        return self.parts != (Part.METADATA,)


@cache
def _parts_of(columns: tuple[str, ...]) -> tuple[Part, ...]:
    """Remembered: of a hundred thousand rows most differ in the same few columns."""
    found = {_PART_OF.get(column, Part.METADATA) for column in columns}
    return tuple(part for part in Part if part in found) or (Part.WITHHELD,)


def row_change(
    config: str, split: str, row_id: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> RowChange | None:
    """What differs between two states of a row; None when nothing does."""
    if old == new:
        return None
    values = {
        column: (old.get(column), new.get(column))
        for column in dict.fromkeys((*old, *new))
        if old.get(column) != new.get(column)
    }
    return RowChange(config, split, row_id, values) if values else None
