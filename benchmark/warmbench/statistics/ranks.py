"""Rank intervals: which ranks a study's loss could have, given how well each loss is known.

Method: Mogstad, Romano, Shaikh & Wilhelm, "Inference for Ranks with Applications to Mobility
across Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91
(2024), doi 10.1093/restud/rdad006, single step. All pairs of studies are compared at once, with
one critical value for the largest of their standardised differences. A study's best rank is one
more than the number of studies that are surely better, its worst the number of studies less those
that are surely worse. All intervals together hold the true ranks with at least the stated
confidence; studies that can't be told apart share ranks.

The critical value is drawn from normal errors (a parametric bootstrap). Where there are more than
``DRAWN_UP_TO`` studies, taken as independent, it is Tukey and Kramer's: the quantile of the range
of as many standard normal draws, over the root of two. That is the exact value where all standard
errors are alike, and never too small where they are not (Hayter, "A Proof of the Conjecture that
the Tukey-Kramer Multiple Comparisons Procedure is Conservative", Annals of Statistics 12 (1984)):
the intervals then hold more often than stated, never less. 10,000 studies take about a second.

Studies on the same questions err together, and their difference is then better known than two
independent losses would make it: give their covariance to use that. Without it they are taken as
independent, which, where they do err together in the same direction, widens the intervals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.errors import UsageError
from warmbench.statistics.normal_range import normal_range_quantile

__all__ = ["DRAWN_UP_TO", "RankInterval", "rank_intervals"]

DRAWN_UP_TO = 50
"""For so many independent studies the critical value is drawn; for more, it is bounded."""

_DRAWS = 20_000
_BLOCK = 128
"""So many studies at once are compared with all others: a block takes 10 MB where they are
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
    covariance: NDArray[np.float64] | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> list[RankInterval]:
    """The rank interval of each study, in the order given; smaller losses are better.

    A study whose standard error is None or zero is told apart from none: nothing is known of how
    sure its loss is. ``covariance``: of the errors of the losses (studies x studies), in the
    square of the unit of ``standard_errors``, which then say only what is known.
    ``UsageError`` for inputs that don't fit together.
    """
    values = np.asarray(losses, dtype=float)
    errors = np.array([error if error else np.nan for error in standard_errors], dtype=float)
    _check(values, errors, covariance, confidence)
    known = ~np.isnan(errors)
    if covariance is None and len(values) > DRAWN_UP_TO:
        critical = _bounded_critical_value(int(known.sum()), confidence)
    else:
        critical = _drawn_critical_value(errors, covariance, confidence, seed)
    better, worse = _surely(values, errors, covariance, critical)
    ranks = 1 + np.searchsorted(np.sort(values), values, side="left")
    return [
        RankInterval(int(rank), 1 + int(above), len(values) - int(below))
        for rank, above, below in zip(ranks, better, worse, strict=True)
    ]


def _check(
    values: NDArray[np.float64],
    errors: NDArray[np.float64],
    covariance: NDArray[np.float64] | None,
    confidence: float,
) -> None:
    count = len(values)
    if len(errors) != count:
        raise UsageError(f"each loss has one standard error, found {count} and {len(errors)}")
    if not np.all(np.isfinite(values)):
        raise UsageError("a loss to rank is a finite number; found one that is not")
    if np.any(errors < 0.0) or np.any(np.isinf(errors)):
        raise UsageError("a standard error is None or a finite number of at least 0")
    if covariance is not None and covariance.shape != (count, count):
        raise UsageError(f"the covariance of {count} losses is {count} x {count}, found "
                         f"{' x '.join(map(str, covariance.shape))}")  # fmt: skip
    if covariance is not None and not np.all(np.isfinite(covariance)):
        raise UsageError("the covariance of losses holds finite numbers; found one that is not")
    if not 0.0 < confidence < 1.0:
        raise UsageError(f"a confidence lies between 0 and 1, found {confidence:g}")


def _surely(
    values: NDArray[np.float64],
    errors: NDArray[np.float64],
    covariance: NDArray[np.float64] | None,
    critical: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many studies are surely better than each, and how many surely worse."""
    better = np.zeros(len(values), dtype=np.int64)
    worse = np.zeros(len(values), dtype=np.int64)
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        gaps = values[rows, None] - values[None, :]  # positive: the column's study is better
        sure = gaps * np.abs(gaps) > critical**2 * _variances(errors, covariance, rows)
        better[rows] = sure.sum(axis=1)
        worse += sure.sum(axis=0)
    return better, worse


def _variances(
    errors: NDArray[np.float64], covariance: NDArray[np.float64] | None, rows: slice
) -> NDArray[np.float64]:
    """The variance of the difference of each of ``rows`` to each study; NaN where nothing is known
    of it, or where there is none."""
    if covariance is None:
        squares = errors**2  # NaN where the error is not known
        independent: NDArray[np.float64] = squares[rows, None] + squares[None, :]
        return independent
    own = np.diag(covariance) + 0.0 * errors
    variances = own[rows, None] + own[None, :] - 2.0 * covariance[rows]
    return np.where(variances > 0.0, variances, np.nan)


def _bounded_critical_value(count: int, confidence: float) -> float:
    """At least the quantile of the largest standardised difference between any two of ``count``
    independent studies by error alone, whatever their standard errors (Tukey and Kramer)."""
    return normal_range_quantile(confidence, count) / math.sqrt(2.0)


def _drawn_critical_value(
    errors: NDArray[np.float64],
    covariance: NDArray[np.float64] | None,
    confidence: float,
    seed: int,
) -> float:
    """The quantile of the largest standardised difference between any two studies by error
    alone."""
    spread = np.sqrt(_variances(errors, covariance, slice(None)))
    comparable = np.isfinite(spread)
    np.fill_diagonal(comparable, False)
    if not comparable.any():
        return 0.0
    shared = np.diag(np.nan_to_num(errors) ** 2) if covariance is None else covariance
    rng = np.random.Generator(np.random.PCG64(seed))
    roots, vectors = np.linalg.eigh(shared)
    noise = rng.standard_normal((_DRAWS, len(shared)))
    drawn = noise @ (vectors * np.sqrt(np.maximum(roots, 0.0))).T
    largest = np.zeros(_DRAWS)
    for one in range(len(shared)):
        others = np.flatnonzero(comparable[one, :one])
        if len(others):
            apart = np.abs(drawn[:, [one]] - drawn[:, others]) / spread[one, others]
            np.maximum(largest, apart.max(axis=1), out=largest)
    return float(np.quantile(largest, confidence))
