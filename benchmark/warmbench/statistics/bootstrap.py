"""A bootstrap over questions, to check the interval by t against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warmbench.records.estimate import Estimate
from warmbench.statistics.estimate import POINTS, Values, Weights, estimate, usable_weights
from warmbench.statistics.pairs import PairedVerdicts
from warmbench.statistics.resampling import times_drawn
from warmbench.statistics.weights import headline_weights

__all__ = ["bootstrap", "bootstrap_interval"]


def bootstrap(pairs: PairedVerdicts) -> Estimate | None:
    """The headline loss with its bootstrap interval; None where the interval by t is None."""
    weights = headline_weights(pairs.headline)
    found = estimate(pairs.difference, weights)
    if found is None or found.low is None:
        return None
    return bootstrap_interval(pairs.difference, weights)


def bootstrap_interval(
    values: Values,
    weights: Weights,
    *,
    resamples: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate | None:
    """A percentile interval by resampling whole questions inside each task. None where
    ``estimate`` gives no number, and where all resamples are alike.

    A resample that empties a cell keeps the task's other cells, as the estimate itself does.
    """
    found, usable = estimate(values, weights), usable_weights(values, weights)
    if found is None:
        return None
    rng = np.random.Generator(np.random.PCG64(seed))
    totals = np.zeros(resamples)
    for task, weight in usable.items():
        totals += _resampled(values[task], weight, resamples, rng)
    half = 100.0 * (1.0 - confidence) / 2.0
    low, high = np.nanpercentile(POINTS * totals, [half, 100.0 - half])
    if low == high:
        return None
    method = f"bootstrap, {resamples:,} resamples of questions, seed {seed}"
    return Estimate(found.value, float(low), float(high), n=found.n, method=method)


def _resampled(
    values: NDArray[np.float64],
    weight: NDArray[np.float64],
    resamples: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    cells = values[:, weight != 0]
    w = weight[weight != 0]
    cells = cells[~np.all(np.isnan(cells), axis=1)]
    drawn = times_drawn(len(cells), resamples, rng)
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
