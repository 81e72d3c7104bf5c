"""The estimate: its value, its clustered error, and that the interval covers what it should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.conditions import PAPER_TASKS, Belief, Context
from warmbench.statistics.bootstrap import bootstrap_interval
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import CELLS
from warmbench.statistics.weights import (
    belief_weights,
    context_weights,
    headline_weights,
    minus,
    single_cell,
)

NONE = CELLS.index((Context.PLAIN, Belief.NONE))


def only_plain(values: list[float]) -> np.ndarray:
    matrix = np.full((len(values), len(CELLS)), np.nan)
    matrix[:, NONE] = values
    return matrix


def test_one_cell_is_a_plain_mean_with_a_plain_standard_error() -> None:
    values = [1.0, 0.0, 0.0, -1.0, 1.0]
    found = estimate(
        {"medqa": only_plain(values)}, single_cell("medqa", Context.PLAIN, Belief.NONE)
    )
    assert found is not None
    assert found.value == pytest.approx(20.0)
    assert found.se == pytest.approx(100 * np.std(values, ddof=1) / np.sqrt(5))
    assert found.df == 4
    assert found.n == 5
    # t(0.975, 4) = 2.776445
    assert found.high - found.value == pytest.approx(2.776445 * found.se, rel=1e-6)


def test_complete_rows_give_the_error_of_the_question_means() -> None:
    rng = np.random.default_rng(1)
    values = rng.choice([-1.0, 0.0, 1.0], size=(40, len(CELLS)))
    found = estimate({"medqa": values}, headline_weights(["medqa"]))
    weights = headline_weights(["medqa"])["medqa"]
    means = values @ weights
    assert found is not None
    assert found.value == pytest.approx(100 * means.mean())
    assert found.se == pytest.approx(100 * means.std(ddof=1) / np.sqrt(40))


def test_the_headline_leaves_neutral_out_and_halves_the_beliefs() -> None:
    weights = headline_weights(["medqa"])["medqa"]
    by_cell = dict(zip(CELLS, weights, strict=True))
    assert weights.sum() == pytest.approx(1.0)
    assert by_cell[Context.NEUTRAL, Belief.NONE] == 0.0
    assert by_cell[Context.SADNESS, Belief.NONE] == pytest.approx(1 / 18)
    assert by_cell[Context.SADNESS, Belief.ASSERTS_WRONG] == pytest.approx(1 / 36)
    assert by_cell[Context.SADNESS, Belief.DOUBTS_RIGHT] == pytest.approx(1 / 36)


def test_tasks_weigh_alike_however_many_questions_they_have() -> None:
    values = {
        "triviaqa": np.ones((10, len(CELLS))),
        "disinfo": np.zeros((1000, len(CELLS))),
    }
    found = estimate(values, headline_weights(["triviaqa", "disinfo"]))
    assert found is not None
    assert found.value == pytest.approx(50.0)


def test_rows_of_one_question_are_one_observation() -> None:
    """Thirty copies of the same row must not narrow the interval."""
    rng = np.random.default_rng(2)
    column = rng.choice([-1.0, 0.0, 1.0], size=50)
    alone = estimate(
        {"medqa": only_plain(list(column))},
        single_cell("medqa", Context.PLAIN, Belief.NONE),
    )
    copied = estimate(
        {"medqa": np.repeat(column[:, None], len(CELLS), axis=1)},
        headline_weights(["medqa"]),
    )
    assert alone is not None
    assert copied is not None
    assert copied.se == pytest.approx(alone.se)


def test_a_single_question_has_a_value_and_no_interval() -> None:
    found = estimate({"medqa": only_plain([1.0])}, single_cell("medqa", Context.PLAIN, Belief.NONE))
    assert found is not None
    assert (found.value, found.se, found.low) == (100.0, None, None)


def test_a_task_without_rows_has_no_estimate() -> None:
    assert estimate({}, headline_weights(["medqa"])) is None
    empty = {"medqa": np.full((3, len(CELLS)), np.nan)}
    assert estimate(empty, headline_weights(["medqa"])) is None


def test_a_contrast_with_one_side_missing_has_no_estimate() -> None:
    values = {"medqa": only_plain([1.0, 0.0, 0.0])}
    weights = minus(
        context_weights(["medqa"], Context.SADNESS), context_weights(["medqa"], Context.PLAIN)
    )
    assert estimate(values, weights) is None


def test_swapping_the_arms_turns_the_loss_around() -> None:
    rng = np.random.default_rng(3)
    values = rng.choice([-1.0, 0.0, 1.0], size=(30, len(CELLS)))
    one = estimate({"medqa": values}, headline_weights(["medqa"]))
    other = estimate({"medqa": -values}, headline_weights(["medqa"]))
    assert one is not None
    assert other is not None
    assert (other.value, other.low, other.high) == pytest.approx((-one.value, -one.high, -one.low))


@given(st.integers(0, 10_000), st.floats(0.0, 0.6))
@settings(max_examples=60, deadline=None)
def test_value_and_interval_stay_in_order_whatever_is_missing(seed: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.choice([-1.0, 0.0, 1.0], size=(12, len(CELLS)))
    values[rng.random(values.shape) < missing] = np.nan
    tasks = ["medqa"]
    for weights in (headline_weights(tasks), belief_weights(tasks, [Belief.NONE])):
        found = estimate({"medqa": values}, weights)
        if found is not None:
            assert -100.0 <= found.value <= 100.0
            if found.se is not None:
                assert found.low <= found.value <= found.high


def test_the_interval_covers_the_truth_and_pooling_rows_does_not() -> None:
    """95 % intervals over 400 simulated studies at a true loss of zero, rows of a question alike.

    With 400 studies the coverage of a right interval lies within 92.5 to 97.5 % (2.3 standard
    errors); pooling rows as if independent covers far less.
    """
    rng = np.random.default_rng(4)
    weights = headline_weights(["medqa"])
    w = weights["medqa"]
    covered = pooled = 0
    for _ in range(400):
        tendency = rng.normal(0, 0.35, size=(100, 1))
        noise = rng.normal(0, 0.5, size=(100, len(CELLS)))
        values = np.clip(np.round(tendency + noise), -1, 1)
        found = estimate({"medqa": values}, weights)
        assert found is not None
        covered += found.low <= 0.0 <= found.high
        rows = values[:, w > 0].ravel()
        reach = 1.96 * 100 * rows.std(ddof=1) / np.sqrt(len(rows))
        pooled += abs(100 * values.mean(axis=0) @ w) <= reach
    assert 0.925 <= covered / 400 <= 0.975
    assert pooled / 400 < 0.80


def test_the_bootstrap_agrees_with_the_interval_by_t() -> None:
    rng = np.random.default_rng(5)
    values = {
        task: rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.7, 0.2], size=(300, len(CELLS)))
        for task in PAPER_TASKS
    }
    values["medqa"][rng.random((300, len(CELLS))) < 0.1] = np.nan
    weights = headline_weights(PAPER_TASKS)
    found = estimate(values, weights)
    boot = bootstrap_interval(values, weights, resamples=4000)
    assert found is not None
    assert boot is not None
    width = found.high - found.low
    assert boot.low == pytest.approx(found.low, abs=0.1 * width)
    assert boot.high == pytest.approx(found.high, abs=0.1 * width)


def test_the_bootstrap_is_repeatable() -> None:
    values = {"medqa": np.random.default_rng(6).choice([-1.0, 1.0], size=(20, len(CELLS)))}
    weights = headline_weights(["medqa"])
    one = bootstrap_interval(values, weights, resamples=500, seed=7)
    assert one == bootstrap_interval(values, weights, resamples=500, seed=7)
    assert one != bootstrap_interval(values, weights, resamples=500, seed=8)


def test_a_cell_of_one_question_leaves_the_figure_without_an_interval() -> None:
    values = np.full((6, len(CELLS)), np.nan)
    values[:, NONE] = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0]
    sad = CELLS.index((Context.SADNESS, Belief.NONE))
    values[0, sad] = 1.0
    weights = belief_weights(["medqa"], [Belief.NONE])
    found = estimate({"medqa": values}, weights)
    assert found is not None
    assert (found.value, found.se, found.low) == (75.0, None, None)
    values[1, sad] = 0.0
    found = estimate({"medqa": values}, weights)
    assert found is not None
    assert found.low is not None


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_the_interval_agrees_with_the_bootstrap_when_rows_are_missing(share: float) -> None:
    rng = np.random.default_rng(9)
    values = rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.6, 0.3], size=(60, len(CELLS)))
    values[rng.random(values.shape) < share] = np.nan
    weights = headline_weights(["medqa"])
    found = estimate({"medqa": values}, weights)
    boot = bootstrap_interval({"medqa": values}, weights, resamples=4000)
    assert found is not None
    assert boot is not None
    assert boot.high - boot.low == pytest.approx(found.high - found.low, rel=0.15)


def test_the_bootstrap_of_a_mean_has_the_spread_of_a_mean() -> None:
    """Resampled means spread by sd / sqrt(Q), the sd taken over Q, and lie 95 % of the time
    within 1.96 of these. (300 questions: several blocks of draws.)"""
    values = list(np.random.default_rng(10).normal(0, 1, size=300))
    weights = single_cell("medqa", Context.PLAIN, Belief.NONE)
    boot = bootstrap_interval({"medqa": only_plain(values)}, weights, resamples=20_000)
    mean, reach = 100 * np.mean(values), 1.96 * 100 * np.std(values) / np.sqrt(300)
    assert boot is not None
    assert (boot.low, boot.high) == pytest.approx((mean - reach, mean + reach), abs=0.04 * reach)


@pytest.mark.parametrize("questions", [2, 3, 7])
def test_the_bootstrap_never_leaves_the_range_of_its_questions(questions: int) -> None:
    values = list(np.random.default_rng(11).normal(0, 1, size=questions))
    weights = single_cell("medqa", Context.PLAIN, Belief.NONE)
    boot = bootstrap_interval({"medqa": only_plain(values)}, weights, resamples=1000)
    assert boot is not None
    assert 100 * min(values) <= boot.low + 1e-9
    assert boot.low < boot.high <= 100 * max(values) + 1e-9
