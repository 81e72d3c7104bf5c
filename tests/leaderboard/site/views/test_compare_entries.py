"""The difference of two entries, against sums written out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench.conditions import PAPER_TASKS
from warmbench.records.estimate import Estimate
from warmbench_leaderboard.index.board import Badge, Details
from warmbench_leaderboard.site.views.compare import compare_entries

BOARD = synthetic_board(40, seed=4)
FIRST, SECOND = [e for e in BOARD.entries if e.badge is Badge.VERIFIED and e.major == 1][:2]
OTHER_RELEASE = next(e for e in BOARD.entries if e.major == 2)

Losses = dict[str, dict[str, float]]


def details(losses: Losses | None) -> Details:
    return synthetic_details(FIRST).model_copy(update={"question_losses": losses})


def drawn(seed: int, questions: int, tasks: tuple[str, ...] = PAPER_TASKS) -> Losses:
    rng = np.random.default_rng(seed)
    return {t: {f"q{i}": float(rng.normal(5, 20)) for i in range(questions)} for t in tasks}


def by_hand(one: Losses, other: Losses) -> tuple[float, float, float]:
    """Mean over tasks; variances of the task means add; Welch and Satterthwaite's t."""
    means, variances, counts = [], [], []
    for task in one:
        d = np.array([other[task][q] - one[task][q] for q in one[task]])
        means.append(d.mean())
        variances.append(d.var(ddof=1) / len(d))
        counts.append(len(d))
    k = len(means)
    variance = sum(variances) / k**2
    df = sum(variances) ** 2 / sum(v**2 / (n - 1) for v, n in zip(variances, counts, strict=True))
    reach = stats.t.ppf(0.975, df) * math.sqrt(variance)
    return float(np.mean(means)), float(np.mean(means) - reach), float(np.mean(means) + reach)


@pytest.mark.parametrize("questions", [2, 10, 137])
def test_the_paired_difference_is_that_of_the_questions(questions: int) -> None:
    one, other = drawn(1, questions), drawn(2, questions)
    found = compare_entries(FIRST, details(one), SECOND, details(other))
    assert found.paired
    assert found.questions == 4 * questions
    figure = found.headline
    assert (figure.value, figure.low, figure.high) == pytest.approx(by_hand(one, other))
    for task in PAPER_TASKS:
        alone = by_hand({task: one[task]}, {task: other[task]})
        each = found.tasks[task]
        assert (each.value, each.low, each.high) == pytest.approx(alone)


def test_only_questions_and_tasks_of_both_count() -> None:
    one = drawn(1, 20)
    other = drawn(2, 30, ("medqa", "disinfo"))
    found = compare_entries(FIRST, details(one), SECOND, details(other))
    assert found.questions == 40
    assert set(found.tasks) == {"medqa", "disinfo"}


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(2, 30))
def test_turned_around_it_is_the_same_with_the_other_sign(a: int, b: int, questions: int) -> None:
    one, other = details(drawn(a, questions)), details(drawn(b, questions))
    there = compare_entries(FIRST, one, SECOND, other).headline
    back = compare_entries(SECOND, other, FIRST, one).headline
    assert back.value == pytest.approx(-there.value)
    if there.low is not None and there.high is not None:
        assert (back.low, back.high) == pytest.approx((-there.high, -there.low))


def test_pairing_narrows_what_questions_share() -> None:
    one = drawn(1, 200)
    rng = np.random.default_rng(9)
    other = {
        t: {q: x + 2 + float(rng.normal(0, 1)) for q, x in rows.items()} for t, rows in one.items()
    }
    paired = compare_entries(FIRST, details(one), SECOND, details(other)).headline
    assert paired.low is not None
    assert paired.low > 1.5


@pytest.mark.parametrize(
    ("second", "losses", "reason"),
    [
        (SECOND, None, f"{SECOND.model} has only published tables"),
        (OTHER_RELEASE, drawn(2, 5), "They answered the questions of different releases."),
        (SECOND, {}, "They have no question in common."),
    ],
)
def test_what_can_t_be_paired_says_why(second, losses, reason: str) -> None:  # type: ignore[no-untyped-def]
    found = compare_entries(FIRST, details(drawn(1, 5)), second, details(losses))
    assert not found.paired
    assert found.reason.startswith(reason)
    assert found.headline.value == pytest.approx(
        second.headline.loss.value - FIRST.headline.loss.value
    )
    assert found.headline.low is not None


def test_without_any_interval_there_is_none_of_the_difference() -> None:
    loss = Estimate(value=3.0, low=None, high=None)
    pair = SECOND.headline.model_copy(update={"loss": loss})
    bare = SECOND.model_copy(update={"headline": pair})
    found = compare_entries(FIRST, details(None), bare, details(None)).headline
    assert (found.low, found.high) == (None, None)
