"""The meter, against judges whose bias is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.judging.llm.cases import make_case
from warmbench.errors import RunError
from warmbench.judging.judge import Case, Judged, JudgingObserver, NotJudged, Outcome
from warmbench.judging.tone_bias.measure import chosen, in_tone, measure_tone_bias
from warmbench.judging.tone_bias.wrap import WRAPS, Tone
from warmbench.records.response import FailureKind
from warmbench.records.verdict import Judgement, Question, Verdict

Says = Callable[[int, Tone], Verdict]

CORRECT, INCORRECT, REFUSED = Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED


def some_cases(questions: int, answers: int) -> list[Case]:
    return [
        make_case(f"Answer {n}.", question=Question(f"Question {q}?", ("Nile",)))
        for q in range(questions)
        for n in range(answers)
    ]


def tone_of(case: Case) -> Tone:
    """The tone of the sentences around an answer, found again by looking."""
    for wrap in WRAPS:
        for tone in Tone:
            found = wrap.in_tone(tone)
            texts = [text for text in (found.opening, found.closing) if text]
            if all(text in case.response.split("\n\n") for text in texts):
                return tone
    raise AssertionError(case.response)


@dataclass
class BiasedJudge:
    """``says``: the verdict by the number of the question and the tone."""

    says: Says
    name: str = "a judge"

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        outcomes: list[Outcome] = []
        for case in cases:
            number = int(case.question.text.split()[1].rstrip("?"))
            outcomes.append(Judgement(self.says(number, tone_of(case)), True, self.name, ""))
        return Judged(outcomes, {})


class BrokenJudge(BiasedJudge):
    """It can't be asked about the first answer."""

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        failure = NotJudged(FailureKind.TIMEOUT, "")
        return Judged([failure, *super().judge_all(cases, observer).outcomes[1:]], {})


@pytest.mark.parametrize(
    ("says", "value", "flips"),
    [
        (lambda n, tone: CORRECT, 0.0, 0.0),
        (lambda n, tone: CORRECT if tone is Tone.WARM else INCORRECT, 100.0, 1.0),
        (lambda n, tone: CORRECT if tone is Tone.COLD else REFUSED, -100.0, 1.0),
        (lambda n, tone: CORRECT if tone is Tone.NEUTRAL else INCORRECT, 0.0, 1.0),
        (lambda n, tone: REFUSED if tone is Tone.WARM else INCORRECT, 0.0, 1.0),
        (lambda n, tone: CORRECT if n < 5 and tone is Tone.WARM else INCORRECT, 25.0, 0.25),
    ],
)
def test_a_known_bias_is_measured(says: Says, value: float, flips: float) -> None:
    found = measure_tone_bias(BiasedJudge(says), some_cases(20, 3))
    assert (found.value, found.flips) == (pytest.approx(value), flips)
    assert (found.judge, found.answers, found.questions) == ("a judge", 60, 20)
    assert (found.low is None) == (value in (0.0, 100.0, -100.0))


def test_answers_to_one_question_are_one_observation() -> None:
    def says(number: int, tone: Tone) -> Verdict:
        return CORRECT if number < 5 and tone is Tone.WARM else INCORRECT

    once = measure_tone_bias(BiasedJudge(says), some_cases(20, 1))
    tenfold = measure_tone_bias(BiasedJudge(says), some_cases(20, 10))
    # The error of 20 zeros and ones, a quarter of them one: sqrt(0.25 * 0.75 / 19); t(19) = 2.093.
    reach = 100 * 2.0930 * (0.25 * 0.75 / 19) ** 0.5
    for found in (once, tenfold):
        assert (found.low, found.high) == pytest.approx((25.0 - reach, 25.0 + reach), abs=0.01)


def test_answers_that_could_not_be_judged_are_left_out_and_counted() -> None:
    judge = BrokenJudge(lambda n, tone: CORRECT)
    found = measure_tone_bias(judge, some_cases(4, 1))
    assert (found.answers, found.not_judged) == (3, 1)
    with pytest.raises(RunError, match="none of 1 answers could be judged in all three tones"):
        measure_tone_bias(judge, some_cases(1, 1))


@given(st.permutations(range(12)), st.integers(1, 12))
def test_the_choice_does_not_go_by_the_order_of_the_rows(order: list[int], count: int) -> None:
    cases = some_cases(4, 3)
    turned = [cases[place] for place in order]
    assert chosen(turned + cases, count) == chosen(cases, count)
    assert len(chosen(cases, count)) == count


def test_empty_answers_are_not_chosen() -> None:
    assert chosen([make_case(" \n"), make_case("Nile")]) == [make_case("Nile")]


def test_an_answer_has_one_wrap_in_all_tones_and_answers_have_all_wraps() -> None:
    used = set()
    for case in some_cases(20, 10):
        texts = {tone: in_tone(case, tone).response for tone in Tone}
        (wrap,) = (
            number
            for number, wrap in enumerate(WRAPS)
            if all(wrap.in_tone(tone).around(case.response) == texts[tone] for tone in Tone)
        )
        used.add(wrap)
    assert used == set(range(len(WRAPS)))
