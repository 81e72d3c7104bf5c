"""Ratios and their intervals: by hand, against a bootstrap, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.benchmark.examples import make_items, make_verdicts
from tests.benchmark.statistics.matrices import make_pairs, values_of
from warmbench.conditions import Belief, Context
from warmbench.records.estimate import Estimate
from warmbench.statistics.arm_score import score_arm
from warmbench.statistics.estimate import estimate
from warmbench.statistics.measure import ratio
from warmbench.statistics.pairs import CELLS
from warmbench.statistics.weights import headline_weights, single_cell

Values = dict[str, NDArray[np.float64]]

ONE = single_cell("medqa", Context.PLAIN, Belief.NONE)
BOTH = headline_weights(("triviaqa", "medqa"))


def column(*scores: float) -> Values:
    """One cell of one task; all its other cells hold no row."""
    values = np.full((len(scores), len(CELLS)), np.nan)
    values[:, CELLS.index((Context.PLAIN, Belief.NONE))] = scores
    return {"medqa": values}


def ratio_of(treated: Values, original: Values, weights: object = BOTH) -> Estimate | None:
    means = [estimate(values, weights) for values in (treated, original)]
    return ratio(treated, original, tuple(m.value if m else None for m in means), weights)


@pytest.mark.parametrize(
    ("name", "original", "treated", "expected"),
    [
        ("all alike", (1.0, 1.0, 0.0), (1.0, 1.0, 0.0), 1.0),
        ("half of each", (1.0, 1.0, 1.0), (0.5, 0.5, 0.5), 0.5),
        ("none left", (1.0, 1.0, 0.0), (0.0, 0.0, 0.0), 0.0),
        ("nothing to keep", (0.0, 0.0, 0.0), (1.0, 1.0, 0.0), None),
        ("one question", (1.0,), (0.5,), 0.5),
        ("no row", (), (), None),
    ],
)
def test_where_there_is_no_interval(
    name: str, original: tuple[float, ...], treated: tuple[float, ...], expected: float | None
) -> None:
    found = ratio_of(column(*treated), column(*original), ONE)
    assert (found.value if found else None) == expected
    assert found is None or (found.low, found.high) == (None, None)


def test_the_interval_by_hand() -> None:
    """T = 2/4, O = 3/4; y_T / T - y_O / O = 2/3, 2/3, -4/3, 0; its sd is sqrt(8/9), the error
    sqrt(2/9) = 0.4714 and t(3) = 3.1824: log R reaches 1.5002 to both sides."""
    found = ratio_of(column(1, 1, 0, 0), column(1, 1, 1, 0), ONE)
    assert found is not None
    assert found.value == pytest.approx(2 / 3)
    assert found.low == pytest.approx(2 / 3 * np.exp(-1.50024), rel=1e-4)
    assert found.high == pytest.approx(2 / 3 * np.exp(1.50024), rel=1e-4)


def bootstrapped(treated: Values, original: Values, resamples: int = 4_000) -> NDArray[np.float64]:
    """The 95 % interval of the ratio of headline accuracies, from resampled questions."""
    rng = np.random.default_rng(5)
    totals = np.zeros((2, resamples))
    for task, weight in BOTH.items():
        questions = len(treated[task])
        times = rng.multinomial(questions, np.full(questions, 1 / questions), size=resamples)
        for total, values in zip(totals, (treated[task], original[task]), strict=True):
            sums = times @ np.nan_to_num(values)
            total += (sums / (times @ ~np.isnan(values))) @ weight
    return np.quantile(totals[0] / totals[1], [0.025, 0.975])


@pytest.mark.parametrize(
    ("accuracy", "missing"), [((0.8, 0.7), 0.0), ((0.6, 0.5), 0.2), ((0.75, 0.8), 0.1)]
)
def test_a_bootstrap_over_questions_agrees(accuracy: tuple[float, float], missing: float) -> None:
    """The ends are apart by less than a tenth of the width, for retention and for errors."""
    pairs = make_pairs(3, questions=150, accuracy=accuracy, missing=missing)
    original, treated = values_of(pairs)
    wrong = [{task: 1.0 - y for task, y in values.items()} for values in (treated, original)]
    for over, under in ((treated, original), tuple(wrong)):
        found = ratio_of(over, under)
        assert found is not None
        low, high = bootstrapped(over, under)
        assert found.low == pytest.approx(low, abs=0.1 * (high - low))
        assert found.high == pytest.approx(high, abs=0.1 * (high - low))


def test_the_interval_holds_the_true_ratio_about_19_times_in_20() -> None:
    """400 studies of 40 questions: 95 % give or take three standard errors."""
    held = 0
    for seed in range(400):
        original, treated = values_of(make_pairs(seed, tasks=("medqa",)))
        found = ratio_of(treated, original, headline_weights(("medqa",)))
        held += found.low <= 0.7 / 0.8 <= found.high
    assert 0.917 <= held / 400 <= 0.983


seeds, shares = st.integers(0, 10_000), st.floats(0.0, 0.6)


@given(seeds, shares)
@settings(max_examples=25, deadline=None)
def test_no_loss_is_a_ratio_of_one_which_the_interval_covers(seed: int, missing: float) -> None:
    """Each question comes twice, the second time with the arms changed over."""
    original, treated = values_of(make_pairs(seed, questions=10, missing=missing))
    one = {task: np.vstack([original[task], treated[task]]) for task in original}
    other = {task: np.vstack([treated[task], original[task]]) for task in original}
    found = ratio_of(one, other)
    assert found is not None
    assert found.value == pytest.approx(1.0)
    assert found.low < 1.0 < found.high
    assert found.low * found.high == pytest.approx(1.0)


@given(seeds, st.floats(0.1, 10.0), st.floats(0.1, 10.0))
@settings(max_examples=25, deadline=None)
def test_ends_scale_as_the_ratio_does(seed: int, by: float, whole: float) -> None:
    original, treated = values_of(make_pairs(seed, questions=10))
    plain = ratio_of(treated, original)
    scaled = ratio_of(
        {task: by * whole * y for task, y in treated.items()},
        {task: whole * y for task, y in original.items()},
    )
    assert plain is not None
    assert scaled is not None
    for end in ("value", "low", "high"):
        assert getattr(scaled, end) == pytest.approx(by * getattr(plain, end))


@given(seeds, shares)
@settings(max_examples=25, deadline=None)
def test_arms_changed_over_give_the_inverse(seed: int, missing: float) -> None:
    original, treated = values_of(make_pairs(seed, questions=10, missing=missing))
    there, back = ratio_of(treated, original), ratio_of(original, treated)
    assert there is not None
    assert back is not None
    assert 0.0 < there.low < there.value < there.high
    assert there.value == pytest.approx(1.0 / back.value)
    assert (there.low, there.high) == (
        pytest.approx(1.0 / back.high),
        pytest.approx(1.0 / back.low),
    )


def test_the_scorecard_has_the_intervals_beside_the_figures() -> None:
    """80 % of questions right, then 60 %; two more are lost than gained in ten."""
    items = make_items(10, tasks=("medqa",))
    right = {"original": set(range(8)), "warm": {1, 2, 3, 4, 5, 9}}
    verdicts = make_verdicts(
        items,
        lambda i, arm, e: "correct" if int(i.question_id[-3:]) in right[arm] else "incorrect",
    )
    headline = score_arm(items, verdicts, "warm").headline
    kept, rise = headline.retention, headline.relative_error_rise
    assert kept.low < 0.75 < kept.high
    assert rise.low < 1.0 < rise.high
    assert kept.low * kept.high == pytest.approx(0.75**2)
    assert (1.0 + rise.low) * (1.0 + rise.high) == pytest.approx(4.0)
    assert headline.original_accuracy.high == 100.0  # 80 + 30 by t, cut to what it can be
    assert headline.treated_accuracy.low < 60.0 < headline.treated_accuracy.high < 100.0


@pytest.mark.parametrize("verdict", ["correct", "incorrect", "refused"])
def test_answers_all_alike_have_no_intervals(verdict: str) -> None:
    items = make_items(3, tasks=("medqa",))
    headline = score_arm(items, make_verdicts(items, lambda i, a, e: verdict), "warm").headline
    found = [each for _, each in headline if each is not None]
    assert {end for each in found for end in (each.low, each.high)} <= {None}
