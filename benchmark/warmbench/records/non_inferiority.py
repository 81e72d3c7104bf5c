"""A loss held against a margin: within it, beyond it, or not yet known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict

__all__ = ["MarginVerdict", "NonInferiority"]


class MarginVerdict(StrEnum):
    """What the data say of a loss and a margin."""

    WITHIN = "within"
    EXCEEDED = "exceeded"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """A loss held against a margin, all in percentage points.

    ``lower`` and ``upper`` are one-sided bounds at ``confidence``; None where some condition
    rests on a single question. ``more_questions`` is how many further questions would decide an
    undecided loss four times in five, if it stays where it is; None where it is decided, where
    the value lies on the margin, and where there are no bounds.
    """

    margin: float
    confidence: float
    lower: float | None
    upper: float | None
    verdict: MarginVerdict
    more_questions: int | None

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(allow_inf_nan=False)
