"""Rank intervals: which ranks a study's loss could have, given how well each loss is known.

Method: Mogstad, Romano, Shaikh & Wilhelm, "Inference for Ranks with Applications to Mobility
across Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91
(2024), doi 10.1093/restud/rdad006, single step. All pairs of studies are compared at once, with
one critical value for the largest of their standardised differences; it is drawn from normal
errors (a parametric bootstrap). A study's best rank is one more than the number of studies that
are surely better, its worst the number of studies less those that are surely worse. All intervals
together hold the true ranks with at least the stated confidence; studies that can't be told apart
share ranks.

Studies on the same questions err together, and their difference is then better known than two
independent losses would make it: give their covariance to use that. Without it they are taken as
independent, which, where they do err together in the same direction, widens the intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.errors import UsageError

__all__ = ["RankInterval", "rank_intervals"]

_DRAWS = 20_000


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
    shared = np.diag(np.nan_to_num(errors) ** 2) if covariance is None else covariance
    variances = np.diag(shared)
    spread = np.sqrt(np.maximum(variances[:, None] + variances[None, :] - 2.0 * shared, 0.0))
    comparable = known[:, None] & known[None, :] & (spread > 0.0)
    reach = _critical_value(shared, spread, comparable, confidence, seed) * spread
    gaps = values[:, None] - values[None, :]  # positive: the column's study is better
    better = (comparable & (gaps > reach)).sum(axis=1)
    worse = (comparable & (gaps < -reach)).sum(axis=1)
    ranks = 1 + (gaps > 0.0).sum(axis=1)
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


def _critical_value(
    covariance: NDArray[np.float64],
    spread: NDArray[np.float64],
    comparable: NDArray[np.bool_],
    confidence: float,
    seed: int,
) -> float:
    """The quantile of the largest standardised difference between any two studies by error
    alone."""
    if not comparable.any():
        return 0.0
    rng = np.random.Generator(np.random.PCG64(seed))
    roots, vectors = np.linalg.eigh(covariance)
    noise = rng.standard_normal((_DRAWS, len(covariance)))
    drawn = noise @ (vectors * np.sqrt(np.maximum(roots, 0.0))).T
    largest = np.zeros(_DRAWS)
    for one in range(len(covariance)):
        others = np.flatnonzero(comparable[one, :one])
        if len(others):
            apart = np.abs(drawn[:, [one]] - drawn[:, others]) / spread[one, others]
            np.maximum(largest, apart.max(axis=1), out=largest)
    return float(np.quantile(largest, confidence))
