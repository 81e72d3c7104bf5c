"""How many rows each step dropped, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from warmbench.data.sft_release import DropRecord
from warmbench_builders.sft.readers.chat import Dropped

__all__ = ["DropCounts"]

_Kept = TypeVar("_Kept")


@dataclass
class DropCounts:
    """Counts by step and reason. ``read`` counts every row of the source, sound or not."""

    read: int = 0
    _dropped: dict[str, Counter[str]] = field(default_factory=dict)

    def step(self, name: str) -> Counter[str]:
        """The counter of a step; steps stand in the order in which they are first named."""
        return self._dropped.setdefault(name, Counter())

    def drop(self, step: str, reason: str, count: int = 1) -> None:
        """Count rows that a step dropped."""
        self.step(step)[reason] += count

    def keep(self, step: str, results: Iterable[_Kept | Dropped]) -> list[_Kept]:
        """What a step keeps; what it drops is counted."""
        counter = self.step(step)
        kept = []
        for result in results:
            if isinstance(result, Dropped):
                counter[result.reason] += 1
            else:
                kept.append(result)
        return kept

    def rows(self) -> tuple[DropRecord, ...]:
        """The table: a line a reason, most frequent first; a step that dropped none has one."""
        return tuple(
            DropRecord(step=step, reason=reason, dropped=count)
            for step, counter in self._dropped.items()
            for reason, count in sorted(counter.items(), key=_by_count) or [("", 0)]
        )


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
