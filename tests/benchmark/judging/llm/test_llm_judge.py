"""The judge that asks a model: what it asks, how often, and what it makes of the replies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.judging.llm.cases import (
    CAIRO,
    KeptReply,
    always,
    answer_shown,
    by_answer,
    judge_with,
    kept_replies,
    make_case,
    says,
)
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import EngineError
from warmbench.judging.judge import NotJudged
from warmbench.judging.llm.prompt import SHARED_SHA256
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind
from warmbench.records.verdict import Judgement, Question, Verdict

NAME = f"llm-1:scripted:scripted:{SHARED_SHA256[:8]}"
MOON = Question("Was the landing staged?", ("No, it took place",), ("Yes, it was filmed",), True)


def verdicts(outcomes: object) -> list[str]:
    assert isinstance(outcomes, list)
    return [o.verdict.value if isinstance(o, Judgement) else o.kind.value for o in outcomes]


@pytest.mark.parametrize(
    ("reply", "question", "verdict"),
    [
        ("CORRECT", CAIRO, Verdict.CORRECT),
        ("INCORRECT", CAIRO, Verdict.INCORRECT),
        ("REFUSED", CAIRO, Verdict.REFUSED),
        ("REFUSED", MOON, Verdict.CORRECT),
        ("INCORRECT", MOON, Verdict.INCORRECT),
    ],
)
def test_a_reply_becomes_a_verdict_with_judge_and_reason(
    reply: str, question: Question, verdict: Verdict, tmp_path: Path
) -> None:
    engine = ScriptedEngine(always(says(reply)))
    case = make_case("Some river or other", question=question)
    (said,) = judge_with(engine, tmp_path / "l", [case]).outcomes
    assert said == Judgement(verdict, True, NAME, f"VERDICT: {reply}")
    (request,) = engine.asked
    assert (request.temperature, request.top_p) == (0.0, 1.0)
    assert request.max_tokens <= 16


@pytest.mark.parametrize(
    ("response", "question", "verdict", "reason"),
    [
        ("", CAIRO, Verdict.INCORRECT, "empty answer"),
        (" \n\u200b", CAIRO, Verdict.INCORRECT, "empty answer"),
        ("I can't help with that.", CAIRO, Verdict.REFUSED, "declines to answer"),
        ("I don't know.", CAIRO, Verdict.REFUSED, "declines to answer"),
        ("I can't help with that.", MOON, Verdict.CORRECT, "declines, as is right here"),
        ("The Nile", Question("Which?", ()), Verdict.UNSCORED, "no reference"),
    ],
)
def test_what_a_rule_settles_is_not_asked(
    response: str, question: Question, verdict: Verdict, reason: str, tmp_path: Path
) -> None:
    engine = ScriptedEngine(always(says("CORRECT")))
    case = make_case(response, question=question)
    (said,) = judge_with(engine, tmp_path / "l", [case]).outcomes
    assert isinstance(said, Judgement)
    assert (said.verdict, said.reason, said.judge) == (verdict, reason, NAME)
    assert engine.asked == []


def test_an_unreadable_reply_is_asked_for_once_more_and_then_unscored(tmp_path: Path) -> None:
    engine = ScriptedEngine(always("I would say it is **correct**."))
    judged = judge_with(engine, tmp_path / "l", [make_case("Aswan")])
    (said,) = judged.outcomes
    assert said == Judgement(
        Verdict.UNSCORED, False, NAME, "unreadable: I would say it is **correct**."
    )
    assert [request.epoch for request in engine.asked] == [0, 1]
    assert "letter for letter" in engine.asked[1].messages[-1].content
    assert judged.record["requests"] == {
        "by_rule": 0, "asked": 2, "known": 0, "retried": 1, "unread": 1, "failed": 0,
    }  # fmt: skip


def test_the_second_reply_counts(tmp_path: Path) -> None:
    engine = ScriptedEngine(lambda r: says("INCORRECT") if r.epoch else "Well, no.")
    judged = judge_with(engine, tmp_path / "l", [make_case("Aswan"), make_case("Delta")])
    assert verdicts(judged.outcomes) == ["incorrect", "incorrect"]
    assert [(answer_shown(r), r.epoch) for r in engine.asked] == [
        ("Aswan", 0), ("Delta", 0), ("Aswan", 1), ("Delta", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", list(FailureKind))
@pytest.mark.parametrize("attempt", [0, 1])
def test_a_failure_is_no_verdict_and_is_asked_again(
    kind: FailureKind, attempt: int, tmp_path: Path
) -> None:
    def failing(request: Request) -> str | Failure:
        if answer_shown(request) == "Aswan" and request.epoch == attempt:
            return Failure(request.key, kind, "no")
        return "Hm." if attempt and not request.epoch else says("CORRECT")

    cases = [make_case("Aswan"), make_case("Delta")]
    judged = judge_with(ScriptedEngine(failing), tmp_path / "l", cases)
    assert judged.outcomes[0] == NotJudged(kind, "no")
    assert verdicts(judged.outcomes)[1] == "correct"
    assert judged.record["requests"]["failed"] == 1

    later = ScriptedEngine(always(says("INCORRECT")))
    again = judge_with(later, tmp_path / "l", cases)
    assert verdicts(again.outcomes) == ["incorrect", "correct"]
    assert [(answer_shown(r), r.epoch) for r in later.asked] == [("Aswan", attempt)]


@pytest.mark.parametrize("stop_after", range(7))
def test_stopped_anywhere_and_resumed_it_asks_nothing_twice(
    stop_after: int, tmp_path: Path
) -> None:
    table: dict[str, str | Failure] = {
        "one": says("CORRECT"), "two": "?", "three": says("INCORRECT"), "four": "??",
    }  # fmt: skip
    cases = [make_case(answer) for answer in table]
    whole = ScriptedEngine(by_answer(table))
    uninterrupted = judge_with(whole, tmp_path / "whole", cases)
    assert len(whole.asked) == 6

    def until(request: Request) -> str | Failure:
        if len(first.asked) > stop_after:
            raise EngineError("the endpoint went away")
        return table[answer_shown(request)]

    first, second = ScriptedEngine(until), ScriptedEngine(by_answer(table))
    if stop_after < 6:
        with pytest.raises(EngineError, match="went away"):
            judge_with(first, tmp_path / "broken", cases)
    else:
        judge_with(first, tmp_path / "broken", cases)
    resumed = judge_with(second, tmp_path / "broken", cases)
    assert resumed.outcomes == uninterrupted.outcomes
    asked = [r.key for r in first.asked[:stop_after]] + [r.key for r in second.asked]
    assert sorted(asked) == sorted(r.key for r in whole.asked)


def test_the_same_answer_is_paid_once(tmp_path: Path) -> None:
    engine = ScriptedEngine(always(says("CORRECT")))
    cases = [make_case("Aswan"), make_case("Delta"), make_case("Aswan")]
    assert verdicts(judge_with(engine, tmp_path / "l", cases).outcomes) == ["correct"] * 3
    assert [answer_shown(r) for r in engine.asked] == ["Aswan", "Delta"]


@pytest.mark.parametrize(
    "changed",
    [
        make_case("Delta"),
        make_case("Aswan", "medqa"),
        make_case("Aswan", question=Question("Which river?", ("Nile",), ("Congo",))),
        make_case("Aswan", question=Question(CAIRO.text, ("Nile",), ("Congo",))),
        make_case("Aswan", question=Question(CAIRO.text, CAIRO.correct_answers)),
    ],
)
def test_all_that_can_change_a_reply_is_asked_anew(changed: object, tmp_path: Path) -> None:
    first, second = (ScriptedEngine(always(says("CORRECT"))) for _ in range(2))
    judge_with(first, tmp_path / "l", [make_case("Aswan")])
    judge_with(second, tmp_path / "l", [changed])  # type: ignore[list-item]
    assert len(second.asked) == 1


def test_another_model_is_asked_anew_and_both_replies_are_kept(tmp_path: Path) -> None:
    case = make_case("Aswan")
    for model, reply in (("small", "?"), ("large", says("CORRECT"))):
        judge_with(ScriptedEngine(always(reply), model=model), tmp_path / "l", [case])
    small, large = (f"llm-1:scripted:{m}:{SHARED_SHA256[:8]}" for m in ("small", "large"))
    assert kept_replies(tmp_path / "l") == [
        KeptReply(large, case.case_id, 0, says("CORRECT"), None),
        KeptReply(small, case.case_id, 0, "?", None),
        KeptReply(small, case.case_id, 1, "?", None),
    ]


def test_engines_that_draw_in_blocks_get_whole_blocks(tmp_path: Path) -> None:
    engine = ScriptedEngine(always("?"), block_size=2)
    judge_with(engine, tmp_path / "l", [make_case(f"answer {n}") for n in range(3)])
    assert [request.block for request in engine.asked] == [0, 0, 1, 2, 2, 3]
