"""Means over answers, clustered by question: worked out by hand, and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from warmbench.reporting.answers import Answers, Question, difference_of, mean_of
from warmbench.statistics.student_t import t_quantile

QUESTIONS: list[Question] = [("medqa", f"q{number}") for number in range(6)]


def answers_of(*values: list[float]) -> Answers:
    return dict(zip(QUESTIONS, values, strict=False))


VALUES = st.lists(
    st.lists(st.integers(0, 500).map(float), min_size=1, max_size=4), min_size=2, max_size=6
)


@pytest.mark.parametrize(
    ("answers", "mean", "ends"),
    [
        (answers_of(), None, None),
        (answers_of([]), None, None),
        (answers_of([3.0, 5.0]), 4.0, None),  # one question
        (answers_of([7.0], [7.0], [7.0]), 7.0, None),  # all alike
        (answers_of([0.1] * 3, [0.1] * 4), 0.1, None),  # alike but for rounding
        (answers_of([1.0], [3.0]), 2.0, (0.0, 2.0 + 12.7062)),  # sd/sqrt(2) = 1, t(1)
        (answers_of([1.0, 1.0], [3.0, 3.0]), 2.0, (0.0, 2.0 + 12.7062)),  # no more known
    ],
)  # fmt: skip
def test_the_mean_and_its_interval(
    answers: Answers, mean: float | None, ends: tuple[float, float] | None
) -> None:
    found = mean_of(answers)
    assert (found and found.value) == (None if mean is None else pytest.approx(mean))
    shown = (found.low, found.high) if found and found.low is not None else None
    assert shown == (ends and pytest.approx(ends, abs=1e-4))


@given(VALUES)
def test_the_interval_is_that_of_a_regression_clustered_by_question(
    values: list[list[float]],
) -> None:
    found = mean_of(answers_of(*values))
    assert found is not None
    flat = np.array([value for some in values for value in some])
    groups = np.array([number for number, some in enumerate(values) for _ in some])
    fit = sm.OLS(flat, np.ones(len(flat))).fit()
    # statsmodels also multiplies by (N - 1) / (N - 1), which is one here: a single parameter
    robust = fit.get_robustcov_results("cluster", groups=groups)
    error = float(robust.bse[0])
    if found.low is None:
        assert error == pytest.approx(0.0, abs=1e-9)
    else:
        mean, reach = flat.mean(), t_quantile(0.975, len(values) - 1) * error
        ends = (max(0.0, mean - reach), mean + reach)
        assert (found.low, found.high) == pytest.approx(ends, rel=1e-6, abs=1e-9)


def test_a_percentage_is_cut_at_a_hundred() -> None:
    found = mean_of(answers_of([100.0], [0.0]), 100.0)
    assert found is not None
    assert (found.low, found.high) == (0.0, 100.0)


@given(VALUES, st.floats(-50.0, 50.0))
def test_what_two_arms_share_cancels(values: list[list[float]], shift: float) -> None:
    original = answers_of(*values)
    same = difference_of(original, original)
    assert same is not None
    assert (same.value, same.low, same.high) == (0.0, None, None)
    moved = answers_of(*([value + shift for value in some] for some in values))
    difference = difference_of(moved, original)
    assert difference is not None
    assert math.isclose(difference.value, shift, abs_tol=1e-9)
    assert difference.low is None or difference.high - difference.low < 1e-6  # type: ignore[operator]


@pytest.mark.parametrize("gone", [answers_of(), answers_of([])])
def test_there_is_no_difference_to_nothing(gone: Answers) -> None:
    assert difference_of(gone, answers_of([1.0], [2.0])) is None
    assert difference_of(answers_of([1.0], [2.0]), gone) is None


def test_a_difference_of_pairs_is_the_paired_t_interval() -> None:
    found = difference_of(answers_of([2.0], [4.0], [9.0]), answers_of([1.0], [2.0], [3.0]))
    # differences 1, 2, 6: mean 3, sd sqrt(7), t(2) 4.3027
    assert found is not None
    reach = 4.3027 * math.sqrt(7.0 / 3.0)
    assert (found.value, found.low, found.high) == pytest.approx(
        (3.0, 3 - reach, 3 + reach), rel=1e-4
    )
