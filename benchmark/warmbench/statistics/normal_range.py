"""The range of independent standard normal draws: Tukey's studentized range with a known error."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["normal_range_probability", "normal_range_quantile"]

_GRID = np.linspace(-9.0, 9.0, 1_801)
"""Where a draw can lie: the probability of any other place is under 1e-18."""

_WIDEST = 18.0
_HALVINGS = 45


def normal_range_probability(width: float, count: int) -> float:
    """The probability that the largest and the smallest of ``count`` draws are within ``width``:

        P = n * integral of phi(x) (Phi(x) - Phi(x - width))^(n - 1) dx,

    x being the largest draw (Tukey). By the trapezoid rule, which for such a smooth, vanishing
    integrand is exact to about 1e-12.
    """
    if count < 2:
        return 1.0
    outside = _ABOVE + _upper(width - _GRID)
    inside = np.maximum(1.0 - outside, 0.0) ** (count - 1)
    density = np.exp(-0.5 * _GRID**2) / math.sqrt(2.0 * math.pi)
    return float(count * np.trapezoid(density * inside, _GRID))


@lru_cache(maxsize=256)
def normal_range_quantile(probability: float, count: int) -> float:
    """The width within which ``count`` draws lie with this probability (0 for fewer than two)."""
    if count < 2:
        return 0.0
    low, high = 0.0, _WIDEST
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if normal_range_probability(middle, count) < probability:
            low = middle
        else:
            high = middle
    return high


def _upper(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal probability of more than each value, precise in the tail."""
    scaled = values / math.sqrt(2.0)
    return 0.5 * np.fromiter(map(math.erfc, scaled), float, len(values))


_ABOVE = _upper(_GRID)
