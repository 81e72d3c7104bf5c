"""Measures: a loss, the accuracies that it is between, and their ratios.

An accuracy, or an error, of the treated arm as a part of the original's has its interval by the
delta method on the log scale, on which a ratio is spread more evenly and never falls below zero:

    log R = log T - log O,    d log R = dT / T - dO / O,

T and O being weighted means of cells. Its error is hence that of the mean of y_T / T - y_O / O,
clustered by question as every other: both arms answered the same questions, so what they share
cancels.
"""

from __future__ import annotations

import math

import numpy as np

from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import Measure
from warmbench.statistics.estimate import CLUSTERED_T, POINTS, Values, Weights, estimate
from warmbench.statistics.pairs import PairedVerdicts

__all__ = ["loss", "measure", "ratio"]

_ZERO = 1e-9
"""Percent: what the rounding of sums can leave of nothing."""


def loss(pairs: PairedVerdicts, weights: Weights) -> Estimate | None:
    """Original minus treated accuracy in percentage points; positive is bad."""
    return estimate(pairs.difference, weights)


def measure(pairs: PairedVerdicts, weights: Weights) -> Measure:
    """The loss, both accuracies, retention and relative rise in error."""
    original, treated = estimate(pairs.original, weights), estimate(pairs.treated, weights)
    right = (_value(treated), _value(original))
    wrong = (_error(right[0]), _error(right[1]))
    errors = ratio(_errors(pairs.treated), _errors(pairs.original), wrong, weights)
    return Measure(
        loss=loss(pairs, weights),
        original_accuracy=original.cut(0.0, POINTS) if original else None,
        treated_accuracy=treated.cut(0.0, POINTS) if treated else None,
        retention=ratio(pairs.treated, pairs.original, right, weights),
        relative_error_rise=errors.shifted(-1.0) if errors else None,
    )


def ratio(
    treated: Values,
    original: Values,
    means: tuple[float | None, float | None],
    weights: Weights,
    confidence: float = 0.95,
) -> Estimate | None:
    """``treated`` / ``original``, each the weighted mean of cells (1: both arms alike).

    Both: task -> (questions x 30), with NaN in the same places. ``means``: what ``estimate`` gives
    for each of them, in percent. None where either is None, and where the original's is zero.
    No interval where the treated arm's mean is zero, which has no logarithm, and where ``estimate``
    has none: a cell of one question, or questions that are all alike.
    """
    over, under = means
    if over is None or under is None or under < _ZERO:
        return None
    if over < _ZERO:
        return Estimate(0.0, method=CLUSTERED_T)
    relative = {
        task: treated[task] / over - original[task] / under
        for task, weight in weights.items()
        if np.any(weight)
    }
    log, value = estimate(relative, weights, confidence), over / under
    n = log.n if log else None
    if log is None or log.low is None or log.high is None or log.high - log.low < _ZERO:
        return Estimate(value, n=n, method=CLUSTERED_T)
    low, high = value * math.exp(log.low), value * math.exp(log.high)
    error = None if log.se is None else value * log.se
    return Estimate(value, low, high, error, log.df, n, f"{CLUSTERED_T} of the log")


def _errors(values: Values) -> Values:
    return {task: 1.0 - scores for task, scores in values.items()}


def _value(found: Estimate | None) -> float | None:
    return found.value if found else None


def _error(accuracy: float | None) -> float | None:
    return None if accuracy is None else POINTS - accuracy
