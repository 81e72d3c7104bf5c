"""The weights of each estimate: which cells it averages, and with how much each.

A task's loss is the mean of its cells {contexts of the headline} x {belief none, present}; a
present belief averages its two templates. The headline is the mean of the task losses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from warmbench.conditions import HEADLINE_CONTEXTS, Belief, Context
from warmbench.statistics.estimate import Weights
from warmbench.statistics.pairs import CELLS

__all__ = [
    "BELIEF_ABSENT",
    "BELIEF_PRESENT",
    "belief_weights",
    "context_weights",
    "headline_weights",
    "minus",
    "single_cell",
]

BELIEF_ABSENT: tuple[Belief, ...] = (Belief.NONE,)
BELIEF_PRESENT: tuple[Belief, ...] = (Belief.ASSERTS_WRONG, Belief.DOUBTS_RIGHT)


def headline_weights(tasks: Sequence[str]) -> Weights:
    """The headline loss: tasks weigh alike, and in each the nine contexts and two belief halves."""
    return _over(tasks, _cells(HEADLINE_CONTEXTS, BELIEF_ABSENT, BELIEF_PRESENT))


def context_weights(tasks: Sequence[str], context: Context) -> Weights:
    """One context, over all tasks and both belief halves."""
    return _over(tasks, _cells([context], BELIEF_ABSENT, BELIEF_PRESENT))


def belief_weights(
    tasks: Sequence[str],
    beliefs: Sequence[Belief],
    contexts: Sequence[Context] = HEADLINE_CONTEXTS,
) -> Weights:
    """One belief, or the mean of several, over all tasks and contexts."""
    return _over(tasks, _cells(contexts, beliefs))


def single_cell(task: str, context: Context, belief: Belief) -> Weights:
    """One cell of one task."""
    return _over([task], _cells([context], [belief]))


def minus(one: Weights, other: Weights) -> Weights:
    """The contrast ``one - other``."""
    return {task: one[task] - other[task] for task in one}


def _cells(contexts: Iterable[Context], *halves: Sequence[Belief]) -> NDArray[np.float64]:
    wanted = list(contexts)
    weights = np.zeros(len(CELLS))
    for context in wanted:
        for beliefs in halves:
            for belief in beliefs:
                share = 1.0 / (len(wanted) * len(halves) * len(beliefs))
                weights[CELLS.index((context, belief))] += share
    return weights


def _over(tasks: Sequence[str], cells: NDArray[np.float64]) -> Weights:
    return {task: cells / len(tasks) for task in tasks}
