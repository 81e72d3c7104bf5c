"""Recovery: every set of counts that prints as published, and no other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.published.cell import DECIMALS, PairedCounts, paired_error
from warmbench.statistics.mcnemar import exact_mcnemar
from warmbench_builders.study_models.cell_row import PrintedNumbers
from warmbench_builders.study_models.recovery import Solutions, recover

MOST_ROWS = 500


@st.composite
def paired_counts(draw: st.DrawFn, most_rows: int = MOST_ROWS) -> PairedCounts:
    rows = draw(st.integers(1, most_rows))
    right = draw(st.integers(0, rows))
    lost = draw(st.integers(0, right))
    gained = draw(st.integers(0, rows - right))
    return PairedCounts(rows=rows, original_right=right, lost=lost, gained=gained)


def printed(counts: PairedCounts) -> PrintedNumbers:
    """What a table prints of these counts, worked out here by itself."""
    n, b, c = counts.rows, counts.lost, counts.gained
    values = {
        "original_accuracy": 100 * counts.original_right / n,
        "treated_accuracy": 100 * (counts.original_right - b + c) / n,
        "difference": 100 * (c - b) / n,
        "cohens_g": abs(b - c) / math.sqrt(b + c) if b + c else None,
        "odds_ratio": (b / c if c else math.inf) if b + c else None,
        "p": exact_mcnemar(b, c) if b + c else None,
    }
    rounded = {
        name: value if value is None else float(f"{value:.{DECIMALS[name]}f}")
        for name, value in values.items()
    }
    return PrintedNumbers(**rounded, adjusted_p=rounded["p"])


def as_set(solutions: Solutions) -> set[PairedCounts]:
    found = [solutions[i] for i in range(len(solutions))]
    assert len(set(found)) == len(found)
    return set(found)


@settings(max_examples=300)
@given(paired_counts())
def test_the_truth_is_among_the_solutions(counts: PairedCounts) -> None:
    found = recover(printed(counts), MOST_ROWS)
    columns = (found.rows, found.original_right, found.lost, found.gained)
    truth = (counts.rows, counts.original_right, counts.lost, counts.gained)
    same = [column == value for column, value in zip(columns, truth, strict=True)]
    assert sum(all(row) for row in zip(*same, strict=True)) == 1
    if len(found) == 1:
        assert found.only == counts
    else:
        assert found.only is None
    error = paired_error(counts.rows, counts.lost, counts.gained)
    assert found.largest_error is not None
    assert found.largest_error >= error


@settings(max_examples=40)
@given(paired_counts(most_rows=12))
def test_every_solution_prints_alike_and_none_is_missed(counts: PairedCounts) -> None:
    wanted = printed(counts)
    alike = {
        other
        for n in range(1, 13)
        for right in range(n + 1)
        for b in range(right + 1)
        for c in range(n - right + 1)
        if printed(other := PairedCounts(rows=n, original_right=right, lost=b, gained=c)) == wanted
    }
    assert alike <= as_set(recover(wanted, 12))
    # PrintedNumbers half way between two printable ones may have been rounded either way.
    for other in as_set(recover(wanted, 12)) - alike:
        assert any(
            abs(a - b) <= 1.01 * 10.0 ** -DECIMALS[name]
            for name in DECIMALS
            if (a := getattr(printed(other), name)) is not None
            and (b := getattr(wanted, name)) is not None
            and a != b
        )


TABLE = [
    # (figures as printed, most rows) -> counts, or how many solutions
    pytest.param(
        (89.87, 84.18, -5.70, 1.567, 1.75, 0.1628, 0.2093), 250,
        PairedCounts(rows=158, original_right=142, lost=21, gained=12), id="unique"),
    pytest.param(
        (89.87, 84.18, -5.70, 1.567, 1.75, 0.1172, 0.2093), 250, 0, id="p-without-exactness"),
    pytest.param(
        (97.54, 97.54, 0.00, None, None, None, None), 125,
        PairedCounts(rows=122, original_right=119, lost=0, gained=0), id="none-discordant"),
    pytest.param(
        (98.36, 98.36, 0.00, None, None, None, None), 125, 2, id="61-or-122-rows"),
    pytest.param(
        (97.54, 97.54, 0.00, 0.000, 1.00, 1.0000, 1.0000), 125, 3, id="as-many-lost-as-gained"),
    pytest.param(
        (100.00, 50.00, -50.00, 1.000, math.inf, 1.0000, 1.0000), 3,
        PairedCounts(rows=2, original_right=2, lost=1, gained=0), id="none-gained"),
    pytest.param(
        (12.34, 98.76, 1.00, 0.500, 1.00, 0.5000, 0.5000), 500, 0, id="nonsense"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "most_rows", "wanted"), TABLE)
def test_cells(texts: tuple[float | None, ...], most_rows: int, wanted: PairedCounts | int) -> None:
    found = recover(PrintedNumbers(*texts), most_rows)  # type: ignore[arg-type]
    if isinstance(wanted, int):
        assert (len(found), found.only) == (wanted, None)
        assert (found.largest_error is None) == (wanted == 0)
    else:
        assert found.only == wanted
