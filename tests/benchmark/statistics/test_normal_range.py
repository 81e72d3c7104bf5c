"""The range of normal draws, against printed tables, scipy and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from warmbench.statistics.ranks import normal_range_probability, normal_range_quantile


@pytest.mark.parametrize(
    ("count", "probability", "width"),
    [(2, 0.95, 2.772), (3, 0.95, 3.314), (10, 0.95, 4.474), (100, 0.95, 6.085), (20, 0.99, 5.645),
     (0, 0.95, 0.0), (1, 0.95, 0.0)],
)  # fmt: skip
def test_the_quantiles_are_those_of_the_tables(
    count: int, probability: float, width: float
) -> None:
    """Studentized range with infinite degrees of freedom, as statistics books print it."""
    assert normal_range_quantile(probability, count) == pytest.approx(width, abs=6e-4)


@pytest.mark.parametrize("count", [2, 7, 51, 1_000, 10_000, 1_000_000])
def test_the_probability_is_tukeys_integral(count: int) -> None:
    width = normal_range_quantile(0.95, count)
    whole = quad(
        lambda x: count * norm.pdf(x) * (norm.cdf(x) - norm.cdf(x - width)) ** (count - 1),
        -9.0, 9.0, limit=500, points=[2.0, 3.0, 4.0, 5.0, 6.0],
    )[0]  # fmt: skip
    assert normal_range_probability(width, count) == pytest.approx(whole, abs=1e-8)
    assert whole == pytest.approx(0.95, abs=1e-8)


def test_draws_lie_within_it_as_often_as_it_says() -> None:
    draws = np.random.default_rng(0).standard_normal((4_000, 200))
    within = np.ptp(draws, axis=1) <= normal_range_quantile(0.95, 200)
    assert within.mean() == pytest.approx(0.95, abs=0.012)


@given(st.integers(2, 10**6), st.floats(0.01, 0.999))
@settings(max_examples=15)
def test_more_draws_and_more_certainty_need_more_width(count: int, probability: float) -> None:
    width = normal_range_quantile(probability, count)
    assert normal_range_quantile(probability, count + 1) >= width
    assert normal_range_quantile(min(0.9999, probability + 0.0005), count) > width
    assert normal_range_probability(width, count) == pytest.approx(probability, abs=1e-6)
