"""Marginal effects: how many percentage points more errors the treatment makes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from warmbench.records.analysis import Effect
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.models.logit import expit

__all__ = ["marginal_effect", "two_sided_p"]

Numbers = NDArray[np.float64]


def marginal_effect(
    level: str,
    designs: tuple[Numbers, Numbers],
    answers: Numbers,
    coefficients: Numbers,
    covariance: Numbers,
    clustered: Numbers | None,
) -> Effect:
    """The discrete change, averaged over the answers at the level, both arms':

        effect = 100 sum n (p1 - p0) / sum n,  p0, p1: fitted with T = 0, T = 1, all else as it is.

    Its error is by the delta method, the answers' conditions taken as given:

        gradient = 100 sum n (p1 (1 - p1) x1 - p0 (1 - p0) x0) / sum n,
        SE^2 = gradient' V gradient.

    ``designs``: the rows at the level with T = 0 and with T = 1.
    """
    weights = POINTS * answers / answers.sum()
    p0, p1 = (expit(design @ coefficients) for design in designs)
    change = float(weights @ (p1 - p0))
    gradient = (weights * p1 * (1.0 - p1)) @ designs[1] - (weights * p0 * (1.0 - p0)) @ designs[0]
    error = _error(gradient, covariance)
    robust = None if clustered is None else _error(gradient, clustered)
    return Effect(
        level=level,
        answers=int(answers.sum()),
        points=change,
        standard_error=error,
        p=two_sided_p(change, error),
        clustered_standard_error=robust,
        clustered_p=None if robust is None else two_sided_p(change, robust),
    )


def two_sided_p(value: float, standard_error: float) -> float:
    """P of a value at least so far from zero under the normal law; 1 for 0 with no error."""
    if standard_error == 0.0:
        return 1.0 if value == 0.0 else 0.0
    return math.erfc(abs(value) / standard_error / math.sqrt(2.0))


def _error(gradient: Numbers, covariance: Numbers) -> float:
    return math.sqrt(max(0.0, float(gradient @ covariance @ gradient)))
