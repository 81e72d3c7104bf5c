"""How much of what the tables of one bundle may hold in all is left."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from warmbench.submission.bundle.limits import LIMITS, Limits

__all__ = ["TableRoom"]


@dataclass(slots=True)
class TableRoom:
    """``rows``, and ``text_bytes`` as texts lie in memory; less than 0 where there were too many.

    A text outside of ASCII takes up to four times the bytes that a file has of it.
    """

    rows: int
    text_bytes: int

    @classmethod
    def of(cls, limits: Limits = LIMITS) -> TableRoom:
        """All of it."""
        return cls(limits.rows, limits.text_bytes)

    def take_texts(self, texts: Iterable[str]) -> bool:
        """Whether there was room for these."""
        self.text_bytes -= sum(map(sys.getsizeof, texts))
        return self.text_bytes >= 0

    def take_rows(self, count: int) -> bool:
        """Whether there was room for so many."""
        self.rows -= count
        return self.rows >= 0
