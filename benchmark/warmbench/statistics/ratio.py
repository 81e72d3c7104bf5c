"""Ratios: an accuracy, or an error, of the treated arm as a part of the original's.

The interval is by the delta method on the log scale, on which a ratio is spread more evenly and
never falls below zero:

    log R = log T - log O,    d log R = dT / T - dO / O,

T and O being weighted means of cells. Its error is hence that of the mean of y_T / T - y_O / O,
clustered by question as every other: both arms answered the same questions, so what they share
cancels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.statistics.estimate import Weights, estimate

__all__ = ["Ratio", "ratio"]

Values = Mapping[str, NDArray[np.float64]]

_ZERO = 1e-9
"""Percent: what the rounding of sums can leave of nothing."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio (1: both arms alike) with its 95 % interval.

    ``low`` and ``high`` are None where the treated arm's mean is zero, which has no logarithm, and
    where ``Estimate`` has no interval: a cell of one question, or questions that all speak alike.
    """

    value: float
    low: float | None
    high: float | None


def ratio(
    treated: Values,
    original: Values,
    means: tuple[float | None, float | None],
    weights: Weights,
    confidence: float = 0.95,
) -> Ratio | None:
    """``treated`` / ``original``, each the weighted mean of cells.

    Both: task -> (questions x 30), with NaN in the same places. ``means``: what ``estimate`` gives
    for each of them, in percent. None where either is None, and where the original's is zero.
    """
    over, under = means
    if over is None or under is None or under < _ZERO:
        return None
    if over < _ZERO:
        return Ratio(0.0, None, None)
    relative = {
        task: treated[task] / over - original[task] / under
        for task, weight in weights.items()
        if np.any(weight)
    }
    log, value = estimate(relative, weights, confidence), over / under
    if log is None or log.low is None or log.high is None or log.high - log.low < _ZERO:
        return Ratio(value, None, None)
    return Ratio(value, value * math.exp(log.low), value * math.exp(log.high))
