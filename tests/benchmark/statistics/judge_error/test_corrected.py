"""The loss corrected for the judge, on studies whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.statistics.judge_error.simulated import (
    PERFECT,
    Simulation,
    check_of,
    checked,
)
from warmbench.records.estimate import Estimate
from warmbench.records.judge_figures import HEADLINE
from warmbench.records.verdict import Verdict
from warmbench.statistics.judge_error.answer_groups import AnswerGroups
from warmbench.statistics.judge_error.corrected import corrected, why_not_corrected
from warmbench.statistics.judge_error.error_rates import ErrorRates
from warmbench.statistics.judge_error.length_bands import LENGTH_BANDS
from warmbench.statistics.measure import loss
from warmbench.statistics.pairs import PairedVerdicts
from warmbench.statistics.weights import headline_weights

SMALL = Simulation(questions=12, checked_questions=25)


def simulated(simulation: Simulation, seed: int) -> PairedVerdicts:
    rng = np.random.Generator(np.random.PCG64(seed))
    return simulation.pairs(rng, simulation.check(rng))


def headline(pairs: PairedVerdicts) -> Estimate:
    found = corrected(pairs)[HEADLINE]
    assert found is not None, why_not_corrected(pairs)
    return found


def swapped(pairs: PairedVerdicts) -> PairedVerdicts:
    """The treated arm in the place of the original."""
    assert pairs.groups is not None
    table = pairs.table.rename(columns={"original": "treated", "treated": "original"})
    groups = pairs.groups.table
    other = groups.assign(arm=groups["arm"].map({"original": "warm", "warm": "original"}))
    return replace(pairs, table=table, groups=AnswerGroups(pairs.groups.rates, other))


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_with_a_judge_that_never_errs_it_is_the_headline(seed: int) -> None:
    pairs = simulated(replace(SMALL, rates=PERFECT), seed)
    found, raw = headline(pairs), loss(pairs, headline_weights(pairs.headline))
    assert raw is not None
    assert raw.low is not None
    assert raw.high is not None
    assert found.value == pytest.approx(raw.value, abs=1e-9)
    # No error in 25 questions is no proof that there is none.
    assert found.low is not None
    assert found.high is not None
    assert found.low <= raw.low + 1e-9
    assert found.high >= raw.high - 1e-9
    for task in pairs.tasks:
        of_task = loss(pairs, headline_weights([task]))
        each = corrected(pairs)[task]
        assert of_task is not None
        assert each is not None
        assert each.value == pytest.approx(of_task.value, abs=1e-9)


def test_it_recovers_the_true_loss_in_19_of_20_studies() -> None:
    simulation = Simulation()
    covered, values = 0, []
    for seed in range(24):
        found = headline(simulated(simulation, seed))
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= simulation.true_loss <= found.high
        values.append(found.value)
    assert covered >= 22
    assert np.mean(values) == pytest.approx(simulation.true_loss, abs=3.0)


def test_a_judge_that_misses_right_answers_alike_hides_a_part_of_the_loss() -> None:
    rates = dict.fromkeys(LENGTH_BANDS, (0.75, 0.85))
    simulation = Simulation(rates=rates, questions=400, checked_questions=200)
    pairs = simulated(simulation, 3)
    raw = loss(pairs, headline_weights(pairs.headline))
    assert raw is not None
    assert raw.value == pytest.approx(0.6 * simulation.true_loss, abs=2.5)
    assert headline(pairs).value == pytest.approx(simulation.true_loss, abs=3.5)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_swapped_arms_turn_the_sign(seed: int) -> None:
    pairs = simulated(SMALL, seed)
    for name, one in corrected(pairs).items():
        other = corrected(swapped(pairs))[name]
        if one is None or other is None:
            assert one is other
            continue
        assert other.value == pytest.approx(-one.value, abs=1e-9)
        assert one.low is not None
        assert one.high is not None
        assert (other.low, other.high) == pytest.approx((-one.high, -one.low), abs=1e-9)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(seed: int, order: st.random.Random) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    check = SMALL.check(rng)
    pairs = SMALL.pairs(rng, check)
    answers = list(check.answers)
    order.shuffle(answers)
    rates = ErrorRates.of(check_of(answers))
    assert pairs.groups is not None
    assert np.array_equal(rates.drawn, pairs.groups.rates.drawn)
    table, groups = (
        frame.sample(frac=1.0, random_state=order.randrange(2**31))
        for frame in (pairs.table, pairs.groups.table)
    )
    again = replace(pairs, table=table, groups=AnswerGroups(rates, groups))
    for name, one in corrected(pairs).items():
        other = corrected(again)[name]
        if one is None or other is None:
            assert one is other
        else:
            assert (other.value, other.low, other.high) == pytest.approx(
                (one.value, one.low, one.high), abs=1e-9
            )


def test_a_judge_that_guesses_corrects_nothing_and_says_where() -> None:
    rates = {**PERFECT, "100 words and more": (0.6, 0.45)}
    pairs = simulated(Simulation(rates=rates), 0)
    assert set(corrected(pairs).values()) == {None}
    reason = why_not_corrected(pairs)
    assert reason is not None
    assert reason.startswith("sensitivity + specificity - 1 of the judge is ")
    assert " in triviaqa, 100 words and more, too near 0 to divide by" in reason


def test_more_right_verdicts_than_the_rates_allow_are_not_corrected() -> None:
    """The judge misses every other right answer of the check, and no answer of the run."""
    rng = np.random.Generator(np.random.PCG64(0))
    check = Simulation(rates=dict.fromkeys(LENGTH_BANDS, (0.5, 0.95))).check(rng)
    sure = dict.fromkeys(LENGTH_BANDS, 1.0)
    right = {arm: tuple(sure.values()) for arm in ("original", "warm")}
    pairs = Simulation(rates=PERFECT, right=right, spread=0.0).pairs(rng, check)
    assert corrected(pairs) == {HEADLINE: None, "triviaqa": None, "medqa": None}
    assert why_not_corrected(pairs) == (
        "the judge calls 100.0 % of the original answers in triviaqa correct, more than its rates "
        "on the checked answers allow, so that those are not like this run's"
    )


def test_a_check_of_too_few_answers_corrects_nothing() -> None:
    few = check_of([checked(0, "medqa", 20, True, Verdict.CORRECT)])
    pairs = SMALL.pairs(np.random.Generator(np.random.PCG64(0)), few)
    assert set(corrected(pairs).values()) == {None}
    assert why_not_corrected(pairs) == (
        "too few of the answers that the judge was checked on are scored"
    )


def test_without_a_check_there_is_nothing_to_say() -> None:
    pairs = replace(simulated(SMALL, 0), groups=None)
    assert corrected(pairs) == {}
    assert why_not_corrected(pairs) is None


def test_the_loss_without_an_interval_has_none_corrected() -> None:
    pairs = simulated(replace(SMALL, questions=1), 0)
    found = corrected(pairs)[HEADLINE]
    assert found is not None
    assert (found.low, found.high) == (None, None)


def test_refusals_are_left_out_on_both_sides() -> None:
    """A check with further refused answers, and a run with them, gives the same loss."""
    rng = np.random.Generator(np.random.PCG64(1))
    check = SMALL.check(rng)
    pairs = SMALL.pairs(rng, check)
    refused = [
        checked(900 + number, "medqa", 60, right, verdict)
        for number in range(30)
        for right in (True, False)
        for verdict in (Verdict.REFUSED, Verdict.UNSCORED)
    ]
    refused = [a.model_copy(update={"id": f"{a.id}-{n}"}) for n, a in enumerate(refused)]
    rates = ErrorRates.of(check_of([*check.answers, *refused]))
    more = pairs.table[pairs.table["question_id"] == "medqa-000"]
    more = more.assign(
        question_id="medqa-900", item_id=more["item_id"] + "-more", treated=Verdict.REFUSED.value
    )
    assert pairs.groups is not None
    again = replace(
        pairs,
        table=pd.concat([pairs.table, more]),
        groups=AnswerGroups(rates, pairs.groups.table),
    )
    assert corrected(again) == corrected(pairs)
