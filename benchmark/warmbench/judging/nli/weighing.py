"""From the odds of each window against each reference to which side an answer is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmbench.judging.nli.inference import Odds

__all__ = ["CONTRADICTION", "EVIDENCE", "MARGIN", "Side", "Weighed", "weigh"]

CONTRADICTION = 0.5
"""What a contradiction of one side counts for the other, where that has references of its own; an
entailment counts 1."""
EVIDENCE = 0.2
"""A side with less than this has nothing that speaks for it."""
MARGIN = 0.3
"""Between the sides, for a verdict to be sure."""


@dataclass(frozen=True, slots=True)
class Side:
    """How much speaks for a side (0 to 1), and in which window that was found."""

    weight: float
    window: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for right and for wrong."""

    right: Side
    wrong: Side

    @property
    def is_open(self) -> bool:
        """Nothing speaks for either side."""
        return max(self.right.weight, self.wrong.weight) < EVIDENCE

    @property
    def correct(self) -> bool:
        return self.right.weight > self.wrong.weight

    @property
    def sure(self) -> bool:
        return not self.is_open and abs(self.right.weight - self.wrong.weight) >= MARGIN

    @property
    def deciding(self) -> Side:
        return self.right if self.correct else self.wrong


def weigh(right: Sequence[Sequence[Odds]], wrong: Sequence[Sequence[Odds]]) -> Weighed:
    """``right``: for each window its odds against each right reference, at least one of both;
    ``wrong`` likewise, and each row is empty where a question has no wrong references.

    A window speaks for a side by the best entailed of its references, or by contradicting every
    reference of the other side. The strongest window of each side counts, the first of equal ones.
    """
    return Weighed(_side(right, wrong), _side(wrong, right))


def _side(own: Sequence[Sequence[Odds]], other: Sequence[Sequence[Odds]]) -> Side:
    weights = [_weight(*rows) for rows in zip(own, other, strict=True)]
    best = max(range(len(weights)), key=lambda place: weights[place])
    return Side(weights[best], best)


def _weight(own: Sequence[Odds], other: Sequence[Odds]) -> float:
    entailed = max((odds.entailment for odds in own), default=0.0)
    contradicted = min((odds.contradiction for odds in other), default=0.0)
    return max(entailed, contradicted * (CONTRADICTION if own else 1.0))
