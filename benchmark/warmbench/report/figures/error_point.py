"""Error points: one context of one task, as the error rates of both arms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.conditions import CONTEXT_GROUPS, Belief, Context
from warmbench.report.measure import Measure

__all__ = ["ErrorPoint", "context_group", "error_points"]

_GROUP_OF = {context: group for group, members in CONTEXT_GROUPS.items() for context in members}


@dataclass(frozen=True, slots=True)
class ErrorPoint:
    """Error rates in percent; ``belief_stated`` says in which half of the design they are."""

    context: str
    belief_stated: bool
    original: float
    treated: float

    @property
    def rise(self) -> float:
        """Treated minus original error in points: the loss of this context."""
        return self.treated - self.original


def context_group(context: str) -> str:
    """The group that a context belongs to; ``other`` for one that is not ours."""
    return _GROUP_OF[Context(context)] if context in _GROUP_OF else "other"


def error_points(score: Mapping[str, Any], task: str) -> list[ErrorPoint]:
    """The points of one task, in the order of its cells.

    ``score``: what ``score_arm`` gives. The two wordings of a wrong belief weigh alike.
    """
    halves: dict[tuple[str, bool], list[Measure]] = {}
    for cell in score["cells"]:
        if cell["task"] == task:
            half = (cell["context"], cell["belief"] != Belief.NONE)
            halves.setdefault(half, []).append(Measure.of(cell))
    return [
        ErrorPoint(context, belief_stated, original, treated)
        for (context, belief_stated), measures in halves.items()
        if (original := _mean_error([m.original_accuracy for m in measures])) is not None
        and (treated := _mean_error([m.treated_accuracy for m in measures])) is not None
    ]


def _mean_error(accuracies: list[float | None]) -> float | None:
    known = [accuracy for accuracy in accuracies if accuracy is not None]
    return 100.0 - sum(known) / len(known) if known else None
