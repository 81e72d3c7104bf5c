"""Sensitivity and specificity by task and length, and what stands in where answers are few."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmark.examples import make_items
from tests.benchmark.statistics.judge_error.simulated import check_of, checked
from warmbench.conditions import Belief, Context
from warmbench.records.judge_check import CheckedAnswer
from warmbench.records.verdict import Verdict
from warmbench.statistics.judge_error.answer_groups import AnswerGroups
from warmbench.statistics.judge_error.error_rates import ErrorRates, Group
from warmbench.statistics.judge_error.expected import expected_figures
from warmbench.statistics.judge_error.length_bands import length_band

SHORT, MIDDLE = "under 40 words", "40 to 99 words"


def answers(
    task: str, words: int, questions: int, missed: int = 0, passed: int = 0
) -> list[CheckedAnswer]:
    """A right and a wrong answer to each question; of the right ones ``missed`` are called
    incorrect, of the wrong ones ``passed`` correct."""
    found = []
    for number in range(questions):
        right = Verdict.INCORRECT if number < missed else Verdict.CORRECT
        wrong = Verdict.CORRECT if number < passed else Verdict.INCORRECT
        found += [
            checked(number, task, words, True, right),
            checked(number, task, words, False, wrong),
        ]
    return found


@pytest.mark.parametrize(
    ("words", "band"),
    [
        (0, "under 40 words"),
        (39, "under 40 words"),
        (40, "40 to 99 words"),
        (99, "40 to 99 words"),
        (100, "100 words and more"),
        (9_999, "100 words and more"),
    ],
)
def test_bands(words: int, band: str) -> None:
    assert length_band(words) == band


def test_rates_are_those_of_the_narrowest_group_with_enough_answers() -> None:
    rates = ErrorRates.of(
        check_of(
            [
                *answers("medqa", 20, 20, missed=5, passed=2),
                *answers("medqa", 60, 19, missed=19),
                *answers("disinfo", 20, 10, missed=1),
                *answers("triviaqa", 20, 9),
            ]
        )
    )
    assert rates.groups == (Group("medqa", SHORT), Group("disinfo"), Group("medqa"), Group())
    for task, band, group, expected in (
        ("medqa", SHORT, 0, (15 / 20, 18 / 20)),
        ("medqa", MIDDLE, 2, (15 / 39, 37 / 39)),
        ("disinfo", SHORT, 1, (9 / 10, 1.0)),
        ("triviaqa", SHORT, 3, (33 / 58, 56 / 58)),
        ("simpleqa", MIDDLE, 3, (33 / 58, 56 / 58)),
    ):
        assert rates.place_of(task, band) == group
        assert tuple(rates.rates[group]) == pytest.approx(expected)


def test_a_rate_without_an_error_is_not_known_to_be_one() -> None:
    rates = ErrorRates.of(check_of(answers("medqa", 20, 40)))
    assert tuple(rates.rates[0]) == (1.0, 1.0)
    low = np.percentile(rates.drawn[:, 0, 0], 5.0)
    assert low == pytest.approx(1.0 - 3.0 / 40, abs=0.01)  # the rule of three
    assert rates.drawn.max() <= 1.0


def test_the_interval_is_that_of_a_share_of_questions() -> None:
    """30 answers, each of its own question, of which 6 are missed: close to the textbook's."""
    rates = ErrorRates.of(check_of(answers("medqa", 20, 30, missed=6, passed=15)))
    for side, share in ((0, 0.8), (1, 0.5)):
        expected = np.sqrt(share * (1 - share) / 29)
        assert rates.drawn[:, 0, side].std() == pytest.approx(expected, rel=0.08)


def test_answers_to_one_question_are_no_evidence_of_their_own() -> None:
    once = answers("medqa", 20, 30, missed=10)
    twice = [*once, *(a.model_copy(update={"id": f"{a.id}-again"}) for a in once)]
    one, other = (ErrorRates.of(check_of(each)) for each in (once, twice))
    assert np.allclose(one.drawn, other.drawn)


def test_a_check_without_a_scored_answer_has_no_group() -> None:
    refused = [checked(number, "medqa", 20, True, Verdict.REFUSED) for number in range(40)]
    for given in ([], refused):
        rates = ErrorRates.of(check_of(given))
        assert rates.groups == ()
        assert rates.place_of("medqa", SHORT) is None


def run_of(words: dict[str, dict[str, int]]) -> tuple[list, list[dict], list[dict]]:
    """Items, responses and verdicts of a run whose answers have so many words: arm -> task ->
    words."""
    items = make_items(2, ("triviaqa", "medqa"), (Context.PLAIN,), (Belief.NONE,))
    responses = [
        {"item_id": item.item_id, "arm": arm, "epoch": 0, "response": "so " * by[item.task]}
        for item in items
        for arm, by in words.items()
    ]
    return items, responses, [{**row, "verdict": "correct"} for row in responses]


def test_figures_are_weighted_to_the_mix_of_an_arm() -> None:
    check = check_of(
        [
            *answers("medqa", 20, 20, missed=2, passed=4),
            *answers("medqa", 60, 20, missed=10, passed=2),
            *answers("triviaqa", 20, 20, missed=1, passed=1),
        ]
    )
    items, responses, verdicts = run_of(
        {"original": {"medqa": 10, "triviaqa": 10}, "warm": {"medqa": 50, "triviaqa": 50}}
    )
    groups = AnswerGroups.of(check, items, responses)
    found = expected_figures(check, groups, verdicts, ["original", "warm"], packaged=True)
    assert (found.answers, found.questions, found.packaged) == (120, 40, True)
    assert found.wider == {"triviaqa, 40 to 99 words": "triviaqa, any length"}
    for arm, task, sensitivity, specificity in (
        ("original", "medqa", 0.9, 0.8),
        ("warm", "medqa", 0.5, 0.9),
        ("warm", "triviaqa", 0.95, 0.95),
    ):
        rates = found.arms[arm].tasks[task]
        assert rates.sensitivity.value == pytest.approx(sensitivity)
        assert rates.specificity.value == pytest.approx(specificity)
    whole = found.arms["warm"]
    assert whole.sensitivity.value == pytest.approx((0.5 + 0.95) / 2)
    assert whole.specificity.value == pytest.approx((0.9 + 0.95) / 2)
    low, high = whole.sensitivity.low, whole.sensitivity.high
    assert low is not None
    assert high is not None
    assert low < whole.sensitivity.value < high


def test_an_arm_without_a_scored_answer_has_no_figures() -> None:
    check = check_of(answers("medqa", 20, 20))
    items, responses, verdicts = run_of({"original": {"medqa": 10, "triviaqa": 10}})
    refused = [{**row, "verdict": "refused"} for row in verdicts]
    groups = AnswerGroups.of(check, items, responses)
    assert expected_figures(check, groups, refused, ["original"], packaged=False).arms == {}
