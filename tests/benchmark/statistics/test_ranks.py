"""Rank intervals: cases worked out by hand, and what must hold for any studies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.errors import UsageError
from warmbench.statistics.ranks import (
    DRAWN_UP_TO,
    RankInterval,
    normal_range_quantile,
    rank_intervals,
)


def as_tuples(found: list[RankInterval]) -> list[tuple[int, int, int]]:
    return [(each.rank, each.low, each.high) for each in found]


TABLE = [
    ("far apart", [10.0, 0.0, 20.0], [1.0, 1.0, 1.0], [(2, 2, 2), (1, 1, 1), (3, 3, 3)]),
    ("all alike", [5.0, 5.0, 5.0], [1.0, 1.0, 1.0], [(1, 1, 3), (1, 1, 3), (1, 1, 3)]),
    ("near, in doubt", [1.0, 2.0], [1.0, 1.0], [(1, 1, 2), (2, 1, 2)]),
    ("two near, one far", [1.0, 2.0, 30.0], [1.0, 1.0, 1.0], [(1, 1, 2), (2, 1, 2), (3, 3, 3)]),
    ("equal share the best rank", [2.0, 2.0, 30.0], [1.0] * 3, [(1, 1, 2), (1, 1, 2), (3, 3, 3)]),
    ("one of unknown error", [0.0, 9.0, 30.0], [1.0, None, 1.0], [(1, 1, 2), (2, 1, 3), (3, 2, 3)]),
    ("none of known error", [0.0, 9.0], [None, 0.0], [(1, 1, 2), (2, 1, 2)]),
    ("one study", [4.0], [1.0], [(1, 1, 1)]),
    ("no study", [], [], []),
]


@pytest.mark.parametrize(("name", "losses", "errors", "expected"), TABLE, ids=[t[0] for t in TABLE])
def test_ranks_and_their_intervals(
    name: str,
    losses: list[float],
    errors: list[float | None],
    expected: list[tuple[int, int, int]],
) -> None:
    assert as_tuples(rank_intervals(losses, errors)) == expected


def test_two_studies_are_told_apart_where_a_z_test_tells_them_apart() -> None:
    """For two studies the critical value is that of one two-sided comparison: 1.96."""
    apart = 1.96 * np.sqrt(2.0)
    assert as_tuples(rank_intervals([0.0, 1.04 * apart], [1.0, 1.0]))[1] == (2, 2, 2)
    assert as_tuples(rank_intervals([0.0, 0.96 * apart], [1.0, 1.0]))[1] == (2, 1, 2)


def test_more_studies_need_larger_gaps() -> None:
    """Tukey's critical value for three pairs is 2.344 standard errors of a difference."""
    for times, low in ((1.04, 2), (0.96, 1)):
        gap = times * 2.344 * np.sqrt(2.0)
        assert rank_intervals([0.0, gap, gap], [1.0] * 3)[1].low == low


def test_studies_that_err_together_are_ranked_too_widely_never_too_narrowly() -> None:
    """300 rankings of six studies a hair apart, half of each error shared by all: the intervals
    hold all ranks at least as often as stated, and more often than where nothing is shared."""
    rng = np.random.default_rng(3)
    share = np.sqrt(0.5)
    held = 0
    for seed in range(300):
        errors = share * rng.standard_normal(6) + share * rng.standard_normal()
        found = rank_intervals(list(1e-6 * np.arange(6) + errors), [1.0] * 6, seed=seed)
        held += all(each.low <= rank <= each.high for rank, each in enumerate(found, 1))
    assert held / 300 >= 0.99


def test_the_intervals_hold_the_true_ranks_together() -> None:
    """300 rankings of six studies a hair apart, the hardest case: at least 91 % hold all ranks
    (95 % less three standard errors)."""
    rng = np.random.default_rng(1)
    errors = rng.uniform(0.5, 2.0, size=6)
    held = 0
    for seed in range(300):
        found = rank_intervals(list(errors * rng.standard_normal(6)), list(errors), seed=seed)
        held += all(each.low <= rank <= each.high for rank, each in enumerate(found, 1))
    assert held / 300 >= 0.91


def by_pairs(
    losses: list[float], errors: list[float | None], critical: float
) -> list[RankInterval]:
    """The definition, pair by pair."""
    found = []
    for one, (loss, error) in enumerate(zip(losses, errors, strict=True)):
        better = worse = 0
        for other, (loss_2, error_2) in enumerate(zip(losses, errors, strict=True)):
            if other != one and error and error_2:
                reach = critical * np.sqrt(error**2 + error_2**2)
                better += loss - loss_2 > reach
                worse += loss_2 - loss > reach
        rank = 1 + sum(each < loss for each in losses)
        found.append(RankInterval(rank, 1 + better, len(losses) - worse))
    return found


@pytest.mark.parametrize("count", [DRAWN_UP_TO + 1, 128, 129, 300])
def test_many_studies_are_compared_pair_by_pair_with_tukeys_value(count: int) -> None:
    """More studies than one block holds, some of unknown error, some alike."""
    rng = np.random.default_rng(count)
    losses = [float(loss) for loss in rng.integers(-40, 40, size=count)]
    errors = [None if number % 7 == 3 else float(rng.uniform(0.2, 4.0)) for number in range(count)]
    known = sum(error is not None for error in errors)
    critical = normal_range_quantile(0.95, known) / np.sqrt(2.0)
    assert rank_intervals(losses, errors) == by_pairs(losses, errors, critical)


@pytest.mark.parametrize("spread", [1.0, 3.0, 20.0])
def test_the_bound_is_as_wide_as_what_is_drawn_or_wider(spread: float) -> None:
    """As many studies as are drawn for, and the same by Tukey's value: alike up to the noise of
    drawing for equal errors, never narrower for others."""
    rng = np.random.default_rng(7)
    errors = list(rng.uniform(1.0, spread, size=DRAWN_UP_TO))
    losses = list(3.0 * rng.standard_normal(DRAWN_UP_TO))
    drawn = rank_intervals(losses, errors)
    bounded = by_pairs(losses, errors, normal_range_quantile(0.95, DRAWN_UP_TO) / np.sqrt(2.0))
    slack = 2  # ranks: one draw in 20,000 moves the critical value by a hundredth
    for one, other in zip(bounded, drawn, strict=True):
        assert one.rank == other.rank
        assert one.low <= other.low + slack
        assert one.high >= other.high - slack
        if spread == 1.0:
            assert abs(one.low - other.low) <= slack
            assert abs(one.high - other.high) <= slack


def test_the_bounded_intervals_hold_the_true_ranks_together() -> None:
    """200 rankings of 60 studies, the true losses rising by a hair: at least 90 % hold all ranks
    (95 % less three standard errors)."""
    rng = np.random.default_rng(2)
    count = DRAWN_UP_TO + 10
    errors = rng.uniform(0.5, 2.0, size=count)
    held = 0
    for _ in range(200):
        losses = 1e-6 * np.arange(count) + errors * rng.standard_normal(count)
        found = rank_intervals(list(losses), list(errors))
        held += all(each.low <= rank <= each.high for rank, each in enumerate(found, 1))
    assert held / 200 >= 0.90


def test_adding_a_study_of_unknown_error_changes_no_other() -> None:
    losses, errors = [float(n) for n in range(60)], [1.0] * 60
    before = rank_intervals(losses, errors)
    after = rank_intervals([*losses, 100.0], [*errors, None])
    assert [(e.rank, e.low) for e in after[:-1]] == [(e.rank, e.low) for e in before]
    assert [e.high for e in after[:-1]] == [e.high + 1 for e in before]
    assert after[-1] == RankInterval(61, 1, 61)


studies = st.lists(
    st.tuples(st.integers(-30, 30).map(float), st.one_of(st.none(), st.integers(0, 5).map(float))),
    min_size=1,
    max_size=8,
)


@given(studies)
@settings(max_examples=60, deadline=None)
def test_what_holds_for_any_studies(
    rows: list[tuple[float, float | None]],
) -> None:
    losses, errors = zip(*rows, strict=True)
    found = rank_intervals(losses, errors)
    for each in found:
        assert 1 <= each.low <= each.rank <= each.high <= len(rows)
    for one in range(len(rows)):
        for other in range(len(rows)):
            if losses[one] == losses[other]:
                assert found[one].rank == found[other].rank
            elif losses[one] < losses[other]:
                assert found[one].rank < found[other].rank
    again = rank_intervals(losses, errors)
    assert again == found


@given(studies)
@settings(max_examples=40, deadline=None)
def test_losses_the_other_way_round_have_ranks_the_other_way_round(
    rows: list[tuple[float, float | None]],
) -> None:
    losses, errors = zip(*rows, strict=True)
    one = rank_intervals(losses, errors)
    other = rank_intervals([-loss for loss in losses], errors)
    count = len(rows)
    assert [(e.low, e.high) for e in one] == [
        (count + 1 - e.high, count + 1 - e.low) for e in other
    ]


@pytest.mark.parametrize(
    ("losses", "errors", "confidence", "said"),
    [
        ([1.0], [1.0, 2.0], 0.95, "each loss has one standard error, found 1 and 2"),
        ([np.nan], [1.0], 0.95, "a loss to rank is a finite number"),
        ([1.0], [-1.0], 0.95, "a standard error is None or a finite number of at least 0"),
        ([1.0], [np.inf], 0.95, "a standard error is None or a finite number of at least 0"),
        ([1.0], [1.0], 1.0, "a confidence lies between 0 and 1, found 1"),
    ],
)
def test_bad_input_gets_a_sentence(
    losses: list[float],
    errors: list[float | None],
    confidence: float,
    said: str,
) -> None:
    with pytest.raises(UsageError, match=said):
        rank_intervals(losses, errors, confidence=confidence)
