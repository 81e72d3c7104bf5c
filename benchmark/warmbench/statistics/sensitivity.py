"""Sensitivity: the headline loss under other ways of counting what has no verdict."""

from __future__ import annotations

from warmbench.records.estimate import Estimate
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import PairedVerdicts, pairs_by_task, with_unanswered
from warmbench.statistics.weights import headline_weights

__all__ = ["sensitivity"]


def sensitivity(pairs: PairedVerdicts) -> dict[str, Estimate | None]:
    """The headline with refusals counted wrong, and its worst-case bounds.

    The bounds take every row without a verdict (refused, unscored, not answered) as right in one
    arm and wrong in the other. They count every item that was asked, also those that neither arm
    answered.
    """
    every = with_unanswered(pairs.items, pairs.table)
    cases = {
        "refusals_wrong": pairs_by_task(pairs.table, refused_as=0.0),
        "worst_case_high": pairs_by_task(every, missing_as=(1.0, 0.0)),
        "worst_case_low": pairs_by_task(every, missing_as=(0.0, 1.0)),
    }
    weights = headline_weights(pairs.headline)
    return {
        name: estimate({task: found.difference for task, found in by_task.items()}, weights)
        for name, by_task in cases.items()
    }
