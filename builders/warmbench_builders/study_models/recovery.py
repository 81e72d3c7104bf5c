"""Recovers the paired counts of a cell from what the paper prints of it.

g = |b - c| / sqrt(b + c) and the odds ratio b / c leave few pairs (b, c), and p fewer; the
difference 100 (c - b) / n then fixes n closely, and the accuracies pick among the n that are
left. All sets of counts that round to every printed digit are found, by trying them all. Of the
usual variants of McNemar's test only the exact binomial one reproduces the paper's p: mid-p and
the chi-square, with or without continuity correction, fail in about half of the cells of the
warm fine-tunes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from warmbench.published.cell import DECIMALS, PairedCounts, agrees, allowed_gap, paired_error
from warmbench.statistics.mcnemar import exact_mcnemar
from warmbench_builders.study_models.cell_row import PrintedNumbers

__all__ = ["Solutions", "recover"]

_Ints = NDArray[np.int64]
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Solutions:
    """Every set of counts that rounds to what is printed, as four columns of like length."""

    rows: _Ints
    original_right: _Ints
    lost: _Ints
    gained: _Ints

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def only(self) -> PairedCounts | None:
        """The counts, where there is just one solution."""
        return self[0] if len(self) == 1 else None

    @property
    def largest_error(self) -> float | None:
        """The largest standard error of the loss among the solutions, in percentage points."""
        counts = zip(self.rows.tolist(), self.lost.tolist(), self.gained.tolist(), strict=True)
        return max((paired_error(*found) for found in counts), default=None)

    def __getitem__(self, index: int) -> PairedCounts:
        return PairedCounts(
            rows=int(self.rows[index]),
            original_right=int(self.original_right[index]),
            lost=int(self.lost[index]),
            gained=int(self.gained[index]),
        )


def recover(printed: PrintedNumbers, most_rows: int) -> Solutions:
    """All counts of at most ``most_rows`` rows that give exactly the ``printed`` numbers."""
    lost, gained = _discordant(printed, most_rows)
    rows = np.arange(1, most_rows + 1)
    original, fits_original = _right(printed.original_accuracy, rows)
    treated, fits_treated = _right(printed.treated_accuracy, rows)
    fits = fits_original & fits_treated
    fits &= _printed_as(
        100.0 * (treated - original) / rows, printed.difference, DECIMALS["difference"]
    )
    rows, original, treated = rows[fits], original[fits], treated[fits]
    pair, row = np.nonzero(
        (lost[:, None] - gained[:, None] == original - treated)
        & (lost[:, None] <= original)
        & (gained[:, None] <= rows - original)
    )
    return Solutions(rows[row], original[row], lost[pair], gained[pair])


def _right(accuracy: float, rows: _Ints) -> tuple[_Ints, NDArray[np.bool_]]:
    """How many of so many rows were right, and whether that prints as ``accuracy``.

    One right answer more or less moves the accuracy of 1,000 rows by 0.1 points, ten times what
    two decimals tell apart: there is one candidate a row count.
    """
    right = np.rint(accuracy * rows / 100.0).astype(np.int64)
    return right, _printed_as(100.0 * right / rows, accuracy, DECIMALS["original_accuracy"])


def _discordant(printed: PrintedNumbers, most_rows: int) -> tuple[_Ints, _Ints]:
    """The (lost, gained) that give g, odds ratio and p as printed."""
    if printed.cohens_g is None or printed.odds_ratio is None or printed.p is None:
        return np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    lost, gained, g, ratio = _pairs(most_rows)
    fits = _printed_as(g, printed.cohens_g, DECIMALS["cohens_g"])
    if math.isinf(printed.odds_ratio):
        fits &= np.isinf(ratio)
    else:
        fits &= _printed_as(ratio, printed.odds_ratio, DECIMALS["odds_ratio"])
    lost, gained = lost[fits], gained[fits]
    p = [exact_mcnemar(b, c) for b, c in zip(lost.tolist(), gained.tolist(), strict=True)]
    tested = np.array([agrees(value, printed.p, DECIMALS["p"]) for value in p], dtype=bool)
    return lost[tested], gained[tested]


@lru_cache(maxsize=4)
def _pairs(most_rows: int) -> tuple[_Ints, _Ints, _Floats, _Floats]:
    """All (lost, gained) of 1 to ``most_rows`` discordant rows, with g and odds ratio."""
    lost, gained = np.indices((most_rows + 1, most_rows + 1)).reshape(2, -1)
    possible = (lost + gained > 0) & (lost + gained <= most_rows)
    lost, gained = lost[possible], gained[possible]
    ratio = np.full(len(lost), np.inf)
    np.divide(lost, gained, out=ratio, where=gained > 0)
    return lost, gained, np.abs(lost - gained) / np.sqrt(lost + gained), ratio


def _printed_as(values: _Floats, printed: float, decimals: int) -> NDArray[np.bool_]:
    fits: NDArray[np.bool_] = np.abs(values - printed) <= allowed_gap(decimals)
    return fits
