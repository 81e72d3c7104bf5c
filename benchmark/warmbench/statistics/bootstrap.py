"""A bootstrap over questions, to check the interval by t against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.statistics.estimate import POINTS, Weights, usable_weights

__all__ = ["BootstrapInterval", "bootstrap_interval"]

_BLOCK = 250_000
"""Numbers drawn at once."""


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """A percentile interval in percentage points."""

    low: float
    high: float
    resamples: int
    seed: int


def bootstrap_interval(
    values: Mapping[str, NDArray[np.float64]],
    weights: Weights,
    *,
    resamples: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> BootstrapInterval | None:
    """Resample whole questions inside each task. None where ``estimate`` gives no figure, and
    where all resamples are alike.

    A resample that empties a cell keeps the task's other cells, as the estimate itself does.
    """
    usable = usable_weights(values, weights)
    if not usable or any(task not in usable for task, w in weights.items() if np.any(w)):
        return None
    rng = np.random.Generator(np.random.PCG64(seed))
    totals = np.zeros(resamples)
    for task, weight in usable.items():
        totals += _resampled(values[task], weight, resamples, rng)
    half = 100.0 * (1.0 - confidence) / 2.0
    low, high = np.nanpercentile(POINTS * totals, [half, 100.0 - half])
    if low == high:
        return None
    return BootstrapInterval(float(low), float(high), resamples, seed)


def _times_drawn(questions: int, resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each resample (row) draws each question (column). Draws and counts by blocks that
    stay in the processor's cache: nine times as fast as multinomial numbers."""
    counts = np.empty((resamples, questions))
    height = max(1, _BLOCK // questions)
    for start in range(0, resamples, height):
        rows = min(height, resamples - start)
        drawn = rng.integers(0, questions, size=(rows, questions))
        drawn += (np.arange(rows) * questions)[:, None]
        block = np.bincount(drawn.ravel(), minlength=rows * questions)
        counts[start : start + rows] = block.reshape(rows, questions)
    return counts


def _resampled(
    values: NDArray[np.float64],
    weight: NDArray[np.float64],
    resamples: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    cells = values[:, weight != 0]
    w = weight[weight != 0]
    cells = cells[~np.all(np.isnan(cells), axis=1)]
    drawn = _times_drawn(len(cells), resamples, rng)
    sums = drawn @ np.nan_to_num(cells)
    sizes = drawn @ (~np.isnan(cells)).astype(np.float64)
    with np.errstate(invalid="ignore"):
        means = sums / sizes
    filled = ~np.isnan(means)
    result = np.zeros(resamples)
    for side in (w > 0, w < 0):
        if side.any():
            kept = np.where(filled[:, side], w[side], 0.0).sum(axis=1)
            part = np.where(filled[:, side], means[:, side] * w[side], 0.0).sum(axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                result += part * (w[side].sum() / kept)
    return result
