"""The funnel: how many rows each step dropped, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from warmbench_builders.sft.chat import Dropped

__all__ = ["Funnel", "FunnelRow"]

_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One line of the table: ``came`` rows into a step, ``dropped`` there for one reason."""

    step: str
    reason: str
    came: int
    dropped: int


@dataclass
class Funnel:
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
        """What a step lets through; what it drops is counted."""
        counter = self.step(step)
        kept = []
        for result in results:
            if isinstance(result, Dropped):
                counter[result.reason] += 1
            else:
                kept.append(result)
        return kept

    @property
    def left(self) -> int:
        """How many rows came through all steps so far."""
        return self.read - sum(sum(counter.values()) for counter in self._dropped.values())

    def rows(self) -> Iterator[FunnelRow]:
        """The table: a line a reason, most frequent first; a step that dropped none has one."""
        came = self.read
        for step, counter in self._dropped.items():
            reasons = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])) or [("", 0)]
            for reason, count in reasons:
                yield FunnelRow(step, reason, came, count)
            came -= sum(counter.values())

    def as_record(self) -> dict[str, dict[str, int]]:
        """Step -> reason -> count, for the manifest."""
        return {step: dict(sorted(c.items())) for step, c in self._dropped.items()}
