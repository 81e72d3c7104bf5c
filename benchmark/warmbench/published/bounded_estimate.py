"""Estimates from published cells: a weighted mean with an interval that is wide enough.

The tables give each cell's spread, not how the cells of a task go together: they share their
questions, so their covariance is unknown. Whatever it is, for weights w and standard errors s

    SE(sum w x)  <=  sum |w| s          (Cauchy-Schwarz; equal when correlations are all +1,
                                         or -1 across the sides of a contrast)

within a task. Tasks have other questions and are independent, so the squares of their bounds add.
The interval therefore covers at least as often as it says, and for contrasts (of contexts, or of
beliefs) it is much wider than one from rows, where what the sides share cancels.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from statistics import NormalDist

from warmbench.conditions import Context
from warmbench.published.cell import PublishedCell, StatedBelief

__all__ = ["INTERVAL", "BoundedEstimate", "CellWeights", "bounded_estimate", "mean_of", "minus"]

INTERVAL = (
    "conservative: at least 95 %, normal; within a task the bound for perfectly correlated cells "
    "(and wordings of a belief), tasks independent"
)
"""What the intervals are, in words to print beside them."""

CellWeights = Mapping[tuple[str, Context, StatedBelief], float]
"""The weight of each cell in a figure."""


@dataclass(frozen=True, slots=True)
class BoundedEstimate:
    """A figure in percentage points. ``standard_error_bound``: what its standard error is at
    most; ``low`` and ``high``: the conservative interval. None where a cell has no solution."""

    value: float
    standard_error_bound: float | None
    low: float | None
    high: float | None


def mean_of(
    tasks: Iterable[str], contexts: Iterable[Context], beliefs: Iterable[StatedBelief]
) -> CellWeights:
    """The plain mean of all cells of these tasks, contexts and beliefs."""
    places = list(product(tasks, contexts, beliefs))
    return dict.fromkeys(places, 1.0 / len(places))


def minus(one: CellWeights, other: CellWeights) -> CellWeights:
    """The contrast ``one - other``."""
    return {
        place: one.get(place, 0.0) - other.get(place, 0.0)
        for place in dict.fromkeys([*one, *other])
    }


def bounded_estimate(
    cells: Iterable[PublishedCell], weights: CellWeights, confidence: float = 0.95
) -> BoundedEstimate:
    """The weighted sum of the cells' losses, with its bound.

    Raises ``KeyError`` when a weighted cell is missing.
    """
    by_place = {(cell.task, cell.context, cell.belief): cell for cell in cells}
    value = 0.0
    bounds: dict[str, float] = defaultdict(float)
    known = True
    for place, weight in weights.items():
        cell = by_place[place]
        value += weight * cell.loss
        bound = cell.standard_error_bound
        if bound is None:
            known = known and weight == 0.0
        else:
            bounds[cell.task] += abs(weight) * bound
    if not known:
        return BoundedEstimate(value, None, None, None)
    error = math.hypot(*bounds.values())
    reach = NormalDist().inv_cdf(0.5 + confidence / 2.0) * error
    return BoundedEstimate(value, error, value - reach, value + reach)
