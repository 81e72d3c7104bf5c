"""The paired gain in warmth, against figures worked out by hand and by scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.errors import DataError
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import WarmthGain
from warmbench.warmth.gain import mean_warmth, warmth_gain


def test_a_gain_worked_out_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, sd 1, error 1/sqrt(3), t(0.975, 2) = 4.302653."""
    found = warmth_gain(
        {"original": {"a": 0.0, "b": 1.0, "c": 2.0}, "warm": {"a": 1.0, "b": 3.0, "c": 5.0}}, "warm"
    )
    gain = found.gain
    assert gain.value == pytest.approx(2.0)
    assert gain.se == pytest.approx(0.5773503)
    assert (gain.low, gain.high) == (pytest.approx(-0.4841377), pytest.approx(4.4841377))
    assert (gain.n, found.original_mean, found.treated_mean) == (3, 1.0, 3.0)


def test_only_prompts_that_both_answered_count() -> None:
    gain = warmth_gain(
        {"original": {"a": 1.0, "b": 9.0}, "warm": {"a": 4.0, "z": -7.0}, "cold": {"b": 0.0}},
        "warm",
    )
    assert gain == WarmthGain(
        gain=Estimate(3.0, n=1, method="t"), original_mean=1.0, treated_mean=4.0
    )


def test_scores_without_spread_have_no_interval() -> None:
    gain = warmth_gain(
        {"original": {"a": 1.0, "b": 1.0}, "warm": {"a": 1.1, "b": 1.1}}, "warm"
    ).gain
    assert (gain.se, gain.low, gain.high) == (0.0, None, None)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"warm": {"a": 1.0}}, "no scores of the arm 'original'; found those of warm"),
        ({"original": {"a": 1.0}}, "no scores of the arm 'warm'; found those of original"),
        ({}, "no scores of the arm 'original'; found those of none"),
        (
            {"original": {"a": 1.0}, "warm": {"b": 1.0}},
            "no prompt was answered by both 'original' and 'warm'",
        ),
        (
            {"original": {"a": 1.0}, "warm": {"a": math.nan}},
            "the score of prompt 'a' .* is not a number",
        ),
    ],
)
def test_what_has_no_gain_is_reported(scores: dict[str, dict[str, float]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        warmth_gain(scores, "warm")


numbers = st.floats(-100, 100)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=30))
def test_swapping_the_arms_turns_the_gain_round(pairs: list[tuple[float, float]]) -> None:
    one = {str(i): first for i, (first, _) in enumerate(pairs)}
    other = {str(i): second for i, (_, second) in enumerate(pairs)}
    found = warmth_gain({"original": one, "warm": other}, "warm")
    there, back = found.gain, warmth_gain({"original": other, "warm": one}, "warm").gain
    assert there.value == pytest.approx(-back.value, abs=1e-9)
    assert there.value == pytest.approx(found.treated_mean - found.original_mean, abs=1e-9)
    assert (there.low is None) == (back.low is None)
    if there.low is not None and there.high is not None:
        assert there.low <= there.value <= there.high


@given(st.lists(numbers, min_size=2, max_size=30).filter(lambda s: max(s) - min(s) > 1e-3))
def test_the_interval_is_that_of_scipy(scores: list[float]) -> None:
    stats = pytest.importorskip("scipy.stats")
    mean = mean_warmth(scores)
    sem = stats.sem(scores)
    low, high = stats.t.interval(0.95, len(scores) - 1, loc=sum(scores) / len(scores), scale=sem)
    assert (mean.low, mean.high) == (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6))


def test_a_mean_of_nothing_is_no_mean() -> None:
    with pytest.raises(ValueError, match="at least one score"):
        mean_warmth([])
