"""The judge around an inference model that is scripted here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.benchmark.judging.llm.cases import CAIRO, make_case
from warmbench.judging.judge import Case, RecordedVerdict, SilentObserver
from warmbench.judging.nli.inference import Odds, Pair, ScriptedInference
from warmbench.judging.nli.judge import NLIJudge
from warmbench.judging.nli.recorded import nli_name
from warmbench.judging.registry import recorded_judge
from warmbench.records.verdict import Judgement, Question, Verdict

QUESTION = Question("Which river runs through Cairo?", ("the Nile",), ("the Congo",))
HEDGED = "Perhaps the Congo? Or it might be the Nile!"
NOTHING = Odds(0.02, 0.96, 0.02)


def entails(sentence: str, reference: str) -> Callable[[Pair], Odds]:
    def script(pair: Pair) -> Odds:
        says = sentence in pair.premise and pair.hypothesis.endswith(reference)
        return Odds(0.9, 0.08, 0.02) if says else NOTHING

    return script


def judged(script: Callable[[Pair], Odds], *answers: str) -> list[Judgement]:
    cases = [Case(QUESTION, answer, "triviaqa") for answer in answers]
    outcomes = NLIJudge(ScriptedInference(script)).judge_all(cases, SilentObserver()).outcomes
    assert all(isinstance(outcome, Judgement) for outcome in outcomes)
    return list(outcomes)  # type: ignore[arg-type]


SIDES = [
    (entails("might be the Nile", "the Nile"), Verdict.CORRECT, True, '"Perhaps the Congo?'),
    (entails("Perhaps", "the Congo"), Verdict.INCORRECT, True, '"Perhaps the Congo?'),
    (lambda pair: Odds(0.5, 0.4, 0.1), Verdict.INCORRECT, False, "0.50 right, 0.50 wrong"),
]


@pytest.mark.parametrize(("script", "verdict", "sure", "reason"), SIDES)
def test_what_the_answer_entails_decides(
    script: Callable[[Pair], Odds], verdict: Verdict, sure: bool, reason: str
) -> None:
    (found,) = judged(script, HEDGED)
    assert (found.verdict, found.sure) == (verdict, sure)
    assert reason in found.reason


def test_the_deciding_sentence_of_a_long_answer_is_quoted() -> None:
    answer = "That is a fair question to ask. " * 20 + HEDGED
    (found,) = judged(entails("might be the Nile", "the Nile"), answer)
    assert found.verdict is Verdict.CORRECT
    assert found.reason.startswith('0.90 right, 0.02 wrong: "')
    assert "Or it might be the Nile!" in found.reason


def test_where_no_sentence_tells_the_rules_do() -> None:
    (found,) = judged(lambda pair: NOTHING, HEDGED)
    assert not found.sure
    assert "no sentence tells (0.02 right, 0.02 wrong); rules: " in found.reason


RULED = [
    ("The Nile.", Verdict.CORRECT),
    ("The Congo.", Verdict.INCORRECT),
    ("", Verdict.INCORRECT),
    ("I can't help with that.", Verdict.REFUSED),
    ("<think>The Nile, I", Verdict.UNSCORED),
]


@pytest.mark.parametrize(("answer", "verdict"), RULED)
def test_what_the_rules_settle_is_not_asked(answer: str, verdict: Verdict) -> None:
    inference = ScriptedInference(lambda pair: NOTHING)
    case = Case(QUESTION, answer, "triviaqa")
    (found,) = NLIJudge(inference).judge_all([case], SilentObserver()).outcomes
    assert isinstance(found, Judgement)
    assert (found.verdict, inference.asked) == (verdict, [])
    assert found.reason.startswith("rules: ")


def test_reasoning_is_not_read_and_equal_answers_are_read_once() -> None:
    inference = ScriptedInference(lambda pair: NOTHING)
    cases = [Case(QUESTION, f"<think>Hm.</think>{HEDGED}")] * 3
    assert len(NLIJudge(inference).judge_all(cases, SilentObserver()).outcomes) == 3
    assert len(inference.asked) == 3 * 2  # the whole and two sentences, two references
    assert not any("Hm." in pair.premise for pair in inference.asked)


class Counting(SilentObserver):
    """Keeps the progress."""

    def __init__(self) -> None:
        self.total, self.done = 0, list[int]()

    def round_started(self, label: str, total: int, done: int, model: object) -> None:
        self.total = total

    def judged(self, count: int) -> None:
        self.done.append(count)


def test_progress_moves_by_batches() -> None:
    observer = Counting()
    cases = [Case(QUESTION, f"{HEDGED} {n}") for n in range(150)]
    NLIJudge(ScriptedInference(lambda pair: NOTHING)).judge_all(cases, observer)
    assert (observer.total, observer.done) == (150, [64, 64, 22])


def test_the_record_and_the_name_say_all_that_can_change_a_verdict() -> None:
    judge = NLIJudge(ScriptedInference(lambda pair: NOTHING))
    record = judge.judge_all([Case(QUESTION, HEDGED)], SilentObserver()).record
    assert judge.name.startswith(f"nli-1:scripted@{'0' * 16}:rules-1:")
    assert record["model"] == dict(ScriptedInference.identity)
    assert record["answers"] == {"by_rules": 0, "read": 1, "open": 1, "pairs": 6}
    identity = dict(ScriptedInference.identity)
    names = {nli_name(identity | {name: "other"}) for name in identity} | {judge.name}
    assert len(names) == 1 + len(identity)


def recorded(answer: str, verdict: str, reason: str) -> RecordedVerdict:
    return RecordedVerdict(make_case(answer, question=CAIRO), verdict, True, reason)


def test_a_bundle_is_rechecked_where_the_rules_settle_it() -> None:
    judge = NLIJudge(ScriptedInference(lambda pair: NOTHING))
    known = recorded_judge(judge.name)
    assert known is not None
    assert (known.name, known.recomputable) == (judge.name, False)
    cases = [Case(QUESTION, said, "triviaqa") for said in ("The Nile.", HEDGED, "The Congo.")]
    done = judge.judge_all(cases, SilentObserver())
    verdicts = [
        RecordedVerdict(case, o.verdict.value, o.sure, o.reason)
        for case, o in zip(cases, done.outcomes, strict=True)
        if isinstance(o, Judgement)
    ]
    assert list(known.check_record(done.record, cases)) == []
    assert list(known.recheck(verdicts, SilentObserver())) == []
    turned = [RecordedVerdict(cases[0], "incorrect", True, "rules: no"), *verdicts[1:]]
    (wrong,) = known.recheck(turned, SilentObserver())
    assert wrong.place == 0
    for record in (
        None,
        {**done.record, "judge": "other"},
        {**done.record, "model": {**done.record["model"], "revision": "1" * 16}},
        {**done.record, "model": {"model": 3, "revision": []}},
        {**done.record, "model": None},
    ):
        assert len(list(known.check_record(record, cases))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "nli-0:m@0123:rules-1:ab12cd34",
        "nli-1:m@0123:rules-0:ab12cd34",
        "nli-1:m:rules-1:ab12cd34",
        "nli-1:m m@0123:rules-1:ab12cd34",
        "nli-1:m@0123:rules-1:ab12cd34|reference-2",
    ],
)
def test_no_other_name_is_one_of_its(name: str) -> None:
    assert recorded_judge(name) is None
