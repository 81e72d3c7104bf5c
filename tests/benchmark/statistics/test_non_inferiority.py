"""A loss against a margin: the bounds worked out by hand, and what must hold at any margin."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from warmbench.errors import UsageError
from warmbench.records.estimate import Estimate, NonInferiority
from warmbench.statistics.non_inferiority import non_inferiority

ORDER = ("exceeded", "undecided", "within")


def loss_of(
    value: float, error: float | None, questions: int = 400, df: float | None = None
) -> Estimate:
    freedom = None if error is None else (df or questions - 1.0)
    return Estimate(value, se=error, df=freedom, n=questions)


def held(loss: Estimate, margin: float, confidence: float = 0.95) -> NonInferiority:
    return non_inferiority(loss, [loss], margin, confidence)


# t(0.95, 399) = 1.6487, so that an error of 1 reaches 1.65 points.
TABLE = [
    ("well within", 1.0, 1.0, "within"),
    ("just within", 1.35, 1.0, "within"),
    ("just not within", 1.36, 1.0, "undecided"),
    ("on the margin", 3.0, 1.0, "undecided"),
    ("above, not surely", 4.64, 1.0, "undecided"),
    ("surely above", 4.66, 1.0, "exceeded"),
    ("a gain", -5.0, 1.0, "within"),
    ("one question alone", 1.0, None, "undecided"),
]


@pytest.mark.parametrize(("name", "value", "error", "verdict"), TABLE, ids=[t[0] for t in TABLE])
def test_the_verdict_at_a_margin_of_three(
    name: str, value: float, error: float | None, verdict: str
) -> None:
    assert held(loss_of(value, error), 3.0).verdict == verdict


def test_bounds_are_one_sided() -> None:
    found = held(loss_of(2.0, 1.0, questions=400), 3.0, confidence=0.9)
    reach = stats.t.ppf(0.9, 399)
    assert (found.lower, found.upper) == pytest.approx((2.0 - reach, 2.0 + reach))


def test_more_questions_are_as_many_as_the_formula_says() -> None:
    found = held(loss_of(1.5, 1.0, questions=400), 3.0)
    reach = stats.t.ppf(0.95, 399) + stats.t.ppf(0.8, 399)
    assert found.more_questions == math.ceil(400 * (reach / 1.5) ** 2) - 400 == 704


def test_as_many_more_questions_decide() -> None:
    """With the questions that were asked for, and the value where it was, the data can tell."""
    found = held(loss_of(1.5, 1.0, questions=400), 3.0)
    assert found.more_questions is not None
    total = 400 + found.more_questions
    assert held(loss_of(1.5, math.sqrt(400 / total), questions=total), 3.0).verdict == "within"


def test_nothing_is_asked_for_where_nothing_is_open_or_nothing_would_help() -> None:
    assert held(loss_of(0.0, 1.0), 3.0).more_questions is None
    assert held(loss_of(3.0, 1.0), 3.0).more_questions is None
    alone = held(loss_of(1.0, None, questions=1), 3.0)
    assert (alone.lower, alone.upper, alone.more_questions) == (None, None, None)


def test_questions_that_all_speak_alike_are_bounded_by_the_rule_of_three() -> None:
    """0 of 500 questions with a loss: up to -ln(0.05) / 500 = 0.599 % may have one."""
    found = held(loss_of(0.0, 0.0, questions=500), 3.0)
    assert found.upper == pytest.approx(0.59915, abs=1e-5)
    assert found.verdict == "within"
    few = held(loss_of(0.0, 0.0, questions=20), 3.0)
    assert few.upper == pytest.approx(14.979, abs=1e-3)
    assert few.verdict == "undecided"
    assert few.more_questions == 80  # 100 questions: -ln(0.05) / 100 = 2.9957 points


def test_a_total_loss_on_few_questions_is_bounded_below() -> None:
    found = held(loss_of(100.0, 0.0, questions=20), 3.0)
    assert found.verdict == "exceeded"
    assert (found.lower, found.upper) == pytest.approx((100 - 2 * 14.979, 100.0), abs=1e-2)


def test_the_smallest_task_sets_the_reach_of_a_mean_of_tasks() -> None:
    parts = [loss_of(0.0, 0.0, questions=n) for n in (500, 500, 500, 50)]
    whole = loss_of(0.0, 0.0, questions=1550)
    assert non_inferiority(whole, parts, 3.0).upper == pytest.approx(299.573 / 50 / 4, abs=1e-3)


losses = st.builds(
    loss_of,
    st.floats(-100, 100),
    st.one_of(st.none(), st.floats(0, 30)),
    st.integers(2, 2000),
)
margins = st.floats(-100, 100)


@given(losses, margins, margins)
def test_a_wider_margin_never_gets_a_worse_verdict(
    loss: Estimate, one: float, other: float
) -> None:
    narrow, wide = sorted((one, other))
    assert ORDER.index(held(loss, narrow).verdict) <= ORDER.index(held(loss, wide).verdict)


@given(losses, margins, st.floats(0.5, 0.999), st.floats(0.5, 0.999))
def test_more_confidence_never_decides_more(
    loss: Estimate, margin: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    if held(loss, margin, more).verdict != "undecided":
        assert held(loss, margin, less).verdict == held(loss, margin, more).verdict


@given(losses, margins)
def test_swapping_the_arms_turns_the_bounds_around(loss: Estimate, margin: float) -> None:
    swapped = loss_of(-loss.value, loss.se, loss.n)
    one, other = held(loss, margin), held(swapped, margin)
    if one.lower is None:
        assert other.lower is None
    else:
        assert (one.lower, one.upper) == pytest.approx((-other.upper, -other.lower))


@given(losses, margins)
def test_the_value_lies_between_its_bounds(loss: Estimate, margin: float) -> None:
    found = held(loss, margin)
    if found.lower is not None:
        assert found.lower <= loss.value <= found.upper
    assert found.more_questions is None or found.more_questions >= 1


@pytest.mark.parametrize(
    ("margin", "confidence", "expected"),
    [
        (math.nan, 0.95, "the margin must be between -100 and 100 points, found nan"),
        (101.0, 0.95, "found 101"),
        (3.0, 1.0, "the confidence must be at least 0.5 and less than 1, found 1"),
        (3.0, 0.4, "found 0.4"),
        (3.0, math.nan, "found nan"),
    ],
)
def test_bad_input_gets_a_sentence(margin: float, confidence: float, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        held(loss_of(1.0, 1.0), margin, confidence)
