"""The interface of a measure of warmth: texts in, one number a text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

__all__ = ["Tick", "WarmthMeasure", "no_tick"]

Tick = Callable[[int], None]
"""Receives how many texts were scored since the last call."""


def no_tick(count: int) -> None:
    """For callers that show no progress."""


class WarmthMeasure(Protocol):
    """Scores texts; the same text gets the same score, whatever is scored beside it."""

    @property
    def name(self) -> str:
        """Measure, its version and, where there is one, the model and its revision. It goes into
        every record: scores under different names are not comparable."""

    def score(self, texts: Sequence[str], tick: Tick = no_tick) -> list[float]:
        """One score a text, in the order given; higher is warmer."""
