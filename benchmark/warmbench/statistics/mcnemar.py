"""McNemar's exact test in every cell, adjusted over the study's one family of tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from warmbench.conditions import Belief, Context
from warmbench.records.analysis import McNemar
from warmbench.records.item import Item
from warmbench.statistics.pairs import CELLS, pair_verdicts, scores_of
from warmbench.tasks.registry import in_task_order

__all__ = ["FAMILY", "benjamini_hochberg", "exact_mcnemar", "mcnemar_tests"]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Each p adjusted over the whole family, in the given order. With m values and p(1) <= p(2)
    <= ... their order,

        adjusted p(i) = min over j >= i of  min(1, m p(j) / j).
    """
    if not p_values:
        return []
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values)[::-1]
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum.accumulate(np.minimum(1.0, values[order] * len(values) / ranks))
    return [float(value) for value in adjusted]


FAMILY = "all cells (task, context, belief) of all treated arms of the study"
"""Over which tests Benjamini and Hochberg's procedure runs: declared here, once."""


def exact_mcnemar(lost: int, gained: int) -> float:
    """P of a split at least so uneven, if either way were equally likely:

    min(1, 2 * P(X <= min(b, c))), X binomial(b + c, 1/2); 1 where no pair is discordant.
    """
    if lost == gained:
        return 1.0
    pairs = lost + gained
    tail = sum(math.comb(pairs, i) for i in range(min(lost, gained) + 1))
    return min(1.0, float(2 * tail / (1 << pairs)))


def mcnemar_tests(
    items: Sequence[Item], verdicts: Sequence[Mapping[str, Any]], arms: Sequence[str]
) -> list[McNemar]:
    """A test of each cell of each arm that has rows, by arm, task, context and belief.

    Of a question asked in several epochs the first counts, whatever came of it: repeats are no
    evidence of their own, and to take the first that has a verdict would favour answers over
    refusals. Pairs that either arm refused are left out.
    """
    tests = [test for arm in arms for test in _tests_of(pair_verdicts(items, verdicts, arm), arm)]
    adjusted = benjamini_hochberg([test.p for test in tests])
    return [replace(test, adjusted_p=p) for test, p in zip(tests, adjusted, strict=True)]


def _tests_of(pairs: pd.DataFrame, arm: str) -> list[McNemar]:
    first = pairs[pairs["epoch"] == pairs.groupby("item_id")["epoch"].transform("min")]
    original, treated = scores_of(first["original"]), scores_of(first["treated"])
    counted = first.assign(
        lost=(original == 1.0) & (treated == 0.0),
        gained=(original == 0.0) & (treated == 1.0),
        both=original.notna() & treated.notna(),
    )
    sums = counted.groupby(["task", "context", "belief"])[["both", "lost", "gained"]].sum()
    counts = {key: tuple(map(int, row)) for key, *row in sums.itertuples(name=None)}
    return [
        _test(arm, task, context, belief, *counts[key])
        for task in in_task_order(sums.index.get_level_values("task"))
        for context, belief in CELLS
        if counts.get(key := (task, context.value, belief.value), (0,))[0]
    ]


def _test(
    arm: str, task: str, context: Context, belief: Belief, questions: int, lost: int, gained: int
) -> McNemar:
    discordant = lost + gained
    p = exact_mcnemar(lost, gained)
    return McNemar(
        arm=arm,
        task=task,
        context=context,
        belief=belief,
        questions=questions,
        lost=lost,
        gained=gained,
        cohens_g=abs(lost - gained) / math.sqrt(discordant) if discordant else None,
        odds_ratio=lost / gained if gained else None,
        p=p,
        adjusted_p=p,
    )
