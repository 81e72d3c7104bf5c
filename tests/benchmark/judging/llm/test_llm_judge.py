"""The judge that asks a model: what it asks, how often, and what it makes of the replies."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

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
from warmbench.engines.engine import NEVER_ASKED, ArmHistory
from warmbench.engines.scripted import ScriptedEngine
from warmbench.errors import EngineError, UsageError
from warmbench.judging.judge import NotJudged, SilentObserver
from warmbench.judging.judge_settings import settings_of
from warmbench.judging.llm.judge import LLMJudge
from warmbench.judging.llm.prompt import SHARED_SHA256
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Failure, FailureKind
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench.running.ledger import Ledger

NAME = f"llm-2:scripted:scripted:{SHARED_SHA256[:8]}"
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
    assert request.max_tokens == 512  # room to explain before the line


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
        "by_rule": 0, "asked": 2, "known": 0, "retried": 1, "read": 0, "unread": 1, "failed": 0,
    }  # fmt: skip
    assert judged.record["unreadable"] == "I would say it is **correct**."


def test_an_unreadable_reply_is_never_final(tmp_path: Path) -> None:
    cases = [make_case("Aswan"), make_case("Delta")]
    table: dict[str, str | Failure] = {"Aswan": "Hm.", "Delta": says("INCORRECT")}
    judge_with(ScriptedEngine(by_answer(table)), tmp_path / "l", cases)
    later = ScriptedEngine(lambda r: says("CORRECT") if r.epoch == 3 else "Hm.")
    judged = judge_with(later, tmp_path / "l", cases)
    assert verdicts(judged.outcomes) == ["correct", "incorrect"]
    assert [(answer_shown(r), r.epoch) for r in later.asked] == [("Aswan", 2), ("Aswan", 3)]
    assert judged.record["requests"] == {
        "by_rule": 0, "asked": 2, "known": 3, "retried": 1, "read": 2, "unread": 0, "failed": 0,
    }  # fmt: skip
    silent = ScriptedEngine(always("?"))
    assert judge_with(silent, tmp_path / "l", cases).outcomes == judged.outcomes
    assert silent.asked == []


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
    assert len(asked) == len(set(asked))
    anew = [
        r.key for r in second.asked if r.epoch > 1
    ]  # what was asked twice and could not be read
    assert sorted({*asked} - {*anew}) == sorted(r.key for r in whole.asked)
    assert len(anew) == 2 * max(0, stop_after - 4)


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
    small, large = (f"llm-2:scripted:{m}:{SHARED_SHA256[:8]}" for m in ("small", "large"))
    assert kept_replies(tmp_path / "l") == [
        KeptReply(large, case.case_id, 0, says("CORRECT"), None),
        KeptReply(small, case.case_id, 0, "?", None),
        KeptReply(small, case.case_id, 1, "?", None),
    ]


SETTINGS = [
    ({"max_tokens": 64}, {"max_tokens": 64}),
    ({"temperature": 1.0}, {"temperature": 1.0}),
    ({"reasoning_tokens": 2_000}, {"reasoning_tokens": 2_000}),
    ({"reasoning_effort": "low"}, {"reasoning_effort": "low"}),
    ({"extra_body": {"top_k": 1}}, {"extra_body": {"top_k": 1}}),
    (
        {"chat_template_kwargs": {"enable_thinking": False}},
        {"chat_template_kwargs": {"enable_thinking": False}},
    ),
]


@pytest.mark.parametrize(("given", "recorded"), SETTINGS)
def test_settings_reach_the_model_the_record_and_the_name(
    given: dict[str, Any], recorded: dict[str, Any], tmp_path: Path
) -> None:
    case, settings = make_case("Aswan"), settings_of(**given)
    judge_with(ScriptedEngine(always(says("CORRECT"))), tmp_path / "l", [case])
    engine = Passing(always(says("INCORRECT")))
    with closing(Ledger(tmp_path / "l")) as ledger:
        judged = LLMJudge(engine, ledger, settings).judge_all([case], SilentObserver())
    (request,) = engine.asked  # another sampling is asked anew
    assert request.max_tokens == settings.max_tokens + settings.reasoning_tokens
    assert request.temperature == settings.temperature
    assert request.extras == settings.extras
    assert judged.record["sampling"] == {
        "temperature": 0.0, "top_p": 1.0, "max_tokens": 512, **recorded,
    }  # fmt: skip
    name = judged.record["judge"]
    assert re.fullmatch(rf"{re.escape(NAME)}\+[0-9a-f]{{8}}", name)
    judge = LLMJudge.recorded(name)
    assert judge is not None
    assert list(judge.check_record(judged.record, [case])) == []
    (wrong,) = judge.check_record({**judged.record, "sampling": {"max_tokens": 1}}, [case])
    assert wrong.field == "sampling"


class Passing(ScriptedEngine):
    """Passes on every setting."""

    @property
    def extras_taken(self) -> Collection[str]:
        return ("extra_body", "chat_template_kwargs", "reasoning_effort")


def test_a_setting_that_the_engine_does_not_pass_on_is_refused(tmp_path: Path) -> None:
    settings = settings_of(reasoning_effort="low")
    with (
        closing(Ledger(tmp_path / "l")) as ledger,
        pytest.raises(UsageError, match="this engine doesn't take reasoning_effort"),
    ):
        LLMJudge(ScriptedEngine(always("")), ledger, settings)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"max_tokens": 0}, "max_tokens: found 0; must be 1 or more"),
        ({"temperature": 3}, "temperature: found 3.0; must be from 0 to 2"),
        ({"reasoning_tokens": -1}, "reasoning_tokens: found -1; must be 0 or more"),
    ],
)
def test_settings_out_of_range_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        settings_of(**given)


class Particular(ScriptedEngine):
    """Finds, at the first ``begin``, that its model has no system role."""

    def __init__(self) -> None:
        super().__init__(always(says("CORRECT")))
        self.histories: list[ArmHistory] = []
        self.found = RequestForm()

    @property
    def form(self) -> RequestForm:
        return self.found

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        self.histories.append(history)
        self.found = RequestForm(left_out=("seed",), system_in_user=True)


def test_the_form_of_requests_is_found_kept_and_taken_up_again(tmp_path: Path) -> None:
    first, second = Particular(), Particular()
    judged = judge_with(first, tmp_path / "l", [make_case("Aswan")])
    judge_with(second, tmp_path / "l", [make_case("Aswan"), make_case("Delta")])
    form = RequestForm(left_out=("seed",), system_in_user=True)
    assert judged.record["request_form"] == {"left_out": ["seed"], "system_in_user": True}
    assert first.histories == [ArmHistory(0, None)]
    assert second.histories == [ArmHistory(1, form)]
    third = Particular()
    again = judge_with(third, tmp_path / "l", [make_case("Aswan")])
    assert third.histories == []  # nothing to ask
    assert again.record["request_form"] == judged.record["request_form"]


def test_engines_that_draw_in_blocks_get_whole_blocks(tmp_path: Path) -> None:
    engine = ScriptedEngine(always("?"), block_size=2)
    judge_with(engine, tmp_path / "l", [make_case(f"answer {n}") for n in range(3)])
    assert [request.block for request in engine.asked] == [0, 0, 1, 2, 2, 3]
