"""Estimates: a weighted mean of cells with an interval that is clustered by question.

All rows of a question are one observation. With w the weights of the cells, n(k) the number of
questions in cell k and Q that of the task, each question contributes

    z(q) = sum over its cells k of  w(k) / n(k) * sqrt(n(k) / (n(k) - 1)) * (x(q, k) - mean of k)

and Var = sum z^2. With no row missing this is the textbook standard error of the question means,
sd / sqrt(Q). A cell that rests on one question alone tells nothing of its own spread, so an
estimate that counts on it gets no interval. Tasks are independent; their variances add, and the
degrees of freedom are Welch and Satterthwaite's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from warmbench.records.estimate import Estimate
from warmbench.statistics.student_t import t_quantile

__all__ = [
    "CLUSTERED_T",
    "POINTS",
    "Values",
    "Weights",
    "estimate",
    "question_parts",
    "usable_weights",
]

POINTS = 100.0
"""Percentage points in a whole."""

CLUSTERED_T = "clustered t"
"""The method of these intervals: by t, all rows of a question one observation."""

Values = Mapping[str, NDArray[np.float64]]
"""For each task, (questions x 30): a row a question, a column a cell, NaN where there is no row."""

Weights = Mapping[str, NDArray[np.float64]]
"""For each task, the weight of each of the 30 cells."""


def usable_weights(values: Values, weights: Weights) -> Weights:
    """``weights`` without the cells that hold no row, scaled so that each task keeps its sum of
    absolute weights (contrasts: each side keeps its own)."""
    usable = {}
    for task, wanted in weights.items():
        if task not in values or not np.any(wanted):
            continue
        filled = ~np.all(np.isnan(values[task]), axis=0)
        kept = np.zeros_like(wanted)
        for side in (wanted > 0, wanted < 0):
            rest = side & filled
            if side.any() and not rest.any():
                break
            if rest.any():
                kept[rest] = wanted[rest] * (wanted[side].sum() / wanted[rest].sum())
        else:
            usable[task] = kept
    return usable


def estimate(values: Values, weights: Weights, confidence: float = 0.95) -> Estimate | None:
    """The weighted mean of cells, times 100: percentage points, where the values are 0 to 1.

    None when a weighted task has no rows at all. ``n`` counts questions.
    """
    usable = usable_weights(values, weights)
    wanted = [task for task, w in weights.items() if np.any(w)]
    if not wanted or any(task not in usable for task in wanted):
        return None
    total, questions = 0.0, 0
    variances: list[tuple[float | None, int]] = []
    for task, weight in usable.items():
        mean, variance, count = _task_mean(values[task], weight)
        total += mean
        questions += count
        variances.append((variance, count - 1))
    value = POINTS * total
    known = [(variance, df) for variance, df in variances if variance is not None]
    if len(known) < len(variances):
        return Estimate(value, n=questions, method=CLUSTERED_T)
    error = POINTS * math.sqrt(sum(variance for variance, _ in known))
    df = _welch(known)
    if error == 0.0:
        return Estimate(value, se=0.0, df=df, n=questions, method=CLUSTERED_T)
    reach = _t_quantile(0.5 + confidence / 2.0, df) * error
    return Estimate(value, value - reach, value + reach, error, df, questions, CLUSTERED_T)


_t_quantile = lru_cache(maxsize=4096)(t_quantile)
"""The cells of a score have mostly the same degrees of freedom."""


def question_parts(
    values: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """z(q) of each question (row) of one task, 0 where it has no row in a weighted cell; the sum
    of their squares is the variance. None: a cell has one question alone."""
    cells, w = values[:, weight != 0], weight[weight != 0]
    present = ~np.isnan(cells)
    counts = present.sum(axis=0)
    if counts.min() < 2:
        return None
    deviations = np.where(present, cells - np.nansum(cells, axis=0) / counts, 0.0)
    parts: NDArray[np.float64] = deviations @ (w / counts * np.sqrt(counts / (counts - 1)))
    return parts


def _task_mean(
    values: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[float, float | None, int]:
    """The weighted mean of one task, its variance (None: a cell has one question alone), and how
    many questions it rests on."""
    cells, w = values[:, weight != 0], weight[weight != 0]
    present = ~np.isnan(cells)
    mean = float(w @ (np.nansum(cells, axis=0) / present.sum(axis=0)))
    questions = int(present.any(axis=1).sum())
    parts = question_parts(values, weight)
    return mean, None if parts is None else float(parts @ parts), questions


def _welch(variances: list[tuple[float, int]]) -> float:
    total = sum(v for v, _ in variances)
    if total == 0.0:
        return float(sum(df for _, df in variances))
    return total**2 / sum(v**2 / df for v, df in variances if v > 0.0)
