"""Rank intervals: which ranks a study's loss could have, given how well each loss is known.

Method: Mogstad, Romano, Shaikh & Wilhelm, "Inference for Ranks with Applications to Mobility
across Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91
(2024), doi 10.1093/restud/rdad006, single step. All pairs of studies are compared at once, with
one critical value for the largest of their standardised differences. A study's best rank is one
more than the number of studies that are surely better, its worst the number of studies less those
that are surely worse. All intervals together hold the true ranks with at least the stated
confidence; studies that can't be told apart share ranks.

The critical value is drawn from normal errors (a parametric bootstrap). Where there are more than
``DRAWN_UP_TO`` studies, it is Tukey and Kramer's: the quantile of the range of as many standard
normal draws, over the root of two. (``scipy.stats.studentized_range`` has that quantile; scipy's
140 MB would take the base install beyond 700 MB.) It is exact where all standard errors are alike,
and never too small where they are not (Hayter, "A Proof of the Conjecture that the Tukey-Kramer
Multiple Comparisons Procedure is Conservative", Annals of Statistics 12 (1984)): the intervals then
hold more often than stated, never less. 10,000 studies take about a second.

Studies are taken as independent. Those on the same questions err together, mostly in the same
direction: a question that is hard to keep right raises all their losses at once. The variance of a
difference is then less than the sum of the two that is used here, so such a pair is told apart
less often than its data would allow, and the intervals are wider than need be, never too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from warmbench.errors import UsageError

__all__ = [
    "DRAWN_UP_TO",
    "RankInterval",
    "normal_range_probability",
    "normal_range_quantile",
    "rank_intervals",
]

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


DRAWN_UP_TO = 50
"""For so many studies the critical value is drawn; for more, it is bounded."""

_DRAWS = 20_000
_BLOCK = 128
"""So many studies at once are compared with all that lose more: a block takes 10 MB where they are
10,000."""


@dataclass(frozen=True, slots=True)
class RankInterval:
    """``rank`` counts from 1, the smallest loss; equal losses share the best of their ranks.
    ``low`` and ``high`` are the best and the worst rank that the data leave open."""

    rank: int
    low: int
    high: int


def rank_intervals(
    losses: Sequence[float],
    standard_errors: Sequence[float | None],
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> list[RankInterval]:
    """The rank interval of each study, in the order given; smaller losses are better.

    A study whose standard error is None or zero is told apart from none: nothing is known of how
    sure its loss is. ``UsageError`` for inputs that don't fit together.
    """
    values = np.asarray(losses, dtype=float)
    errors = np.array([error if error else np.nan for error in standard_errors], dtype=float)
    _check(values, errors, confidence)
    known = errors[~np.isnan(errors)]
    if len(values) > DRAWN_UP_TO:
        critical = _bounded_critical_value(len(known), confidence)
    else:
        critical = _drawn_critical_value(known, confidence, seed)
    better, worse = _surely(values, errors, critical)
    ranks = 1 + np.searchsorted(np.sort(values), values, side="left")
    return [
        RankInterval(int(rank), 1 + int(above), len(values) - int(below))
        for rank, above, below in zip(ranks, better, worse, strict=True)
    ]


def _check(values: NDArray[np.float64], errors: NDArray[np.float64], confidence: float) -> None:
    count = len(values)
    if len(errors) != count:
        raise UsageError(f"each loss has one standard error, found {count} and {len(errors)}")
    if not np.all(np.isfinite(values)):
        raise UsageError("a loss to rank is a finite number; found one that is not")
    if np.any(errors < 0.0) or np.any(np.isinf(errors)):
        raise UsageError("a standard error is None or a finite number of at least 0")
    if not 0.0 < confidence < 1.0:
        raise UsageError(f"a confidence lies between 0 and 1, found {confidence:g}")


def _surely(
    values: NDArray[np.float64], errors: NDArray[np.float64], critical: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many studies are surely better than each, and how many surely worse."""
    order = np.argsort(values)
    losses = values[order]
    reaches = (critical * errors[order]) ** 2  # NaN where the error is not known: never exceeded
    better = np.zeros(len(values), dtype=np.int64)
    worse = np.zeros(len(values), dtype=np.int64)
    for start in range(0, len(values), _BLOCK):
        rows, others = order[start : start + _BLOCK], order[start:]
        gaps = losses[None, start:] - losses[start : start + _BLOCK, None]
        np.maximum(gaps, 0.0, out=gaps)  # of two studies only the one that loses more is worse
        np.square(gaps, out=gaps)
        sure = gaps > reaches[start : start + _BLOCK, None] + reaches[None, start:]
        worse[rows] += sure.sum(axis=1)
        better[others] += sure.sum(axis=0)
    return better, worse


def _bounded_critical_value(count: int, confidence: float) -> float:
    """At least the quantile of the largest standardised difference between any two of ``count``
    independent studies by error alone, whatever their standard errors (Tukey and Kramer)."""
    return normal_range_quantile(confidence, count) / math.sqrt(2.0)


def _drawn_critical_value(errors: NDArray[np.float64], confidence: float, seed: int) -> float:
    """The quantile of the largest standardised difference between any two studies by error
    alone; the same in whatever order the studies stand."""
    errors = np.sort(errors)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = errors * rng.standard_normal((_DRAWS, len(errors)))
    largest = np.zeros(_DRAWS)
    for one in range(1, len(errors)):
        spread = np.hypot(errors[one], errors[:one])
        apart = np.abs(drawn[:, [one]] - drawn[:, :one]) / spread
        np.maximum(largest, apart.max(axis=1), out=largest)
    return float(np.quantile(largest, confidence))
