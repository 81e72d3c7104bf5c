"""Sensitivity: the headline loss under other treatments of rows without a verdict."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from warmbench.conditions import Task
from warmbench.data.item import Item
from warmbench.statistics.estimate import Estimate, estimate
from warmbench.statistics.pairs import pairs_by_task, with_unanswered
from warmbench.statistics.weights import headline_weights

__all__ = ["sensitivity"]


def sensitivity(
    items: Sequence[Item], pairs: pd.DataFrame, tasks: Sequence[Task]
) -> dict[str, Estimate | None]:
    """The headline with refusals counted wrong, and its worst-case bounds.

    The bounds take every row without a verdict (refused, unscored, not answered) as right in one
    arm and wrong in the other. They count every item that was asked, also those that neither arm
    answered.
    """
    every = with_unanswered(items, pairs)
    cases = {
        "refusals_wrong": pairs_by_task(pairs, refused_as=0.0),
        "worst_case_high": pairs_by_task(every, missing_as=(1.0, 0.0)),
        "worst_case_low": pairs_by_task(every, missing_as=(0.0, 1.0)),
    }
    return {
        name: estimate({t: m.difference for t, m in by_task.items()}, headline_weights(tasks))
        for name, by_task in cases.items()
    }
