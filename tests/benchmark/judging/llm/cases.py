"""Cases, and scripted judges' models, that the tests of judging by models use."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from warmbench.engines.scripted import ScriptedEngine
from warmbench.judging.judge import Case, Judged, SilentObserver
from warmbench.judging.llm.judge import LLMJudge
from warmbench.records.request import Request
from warmbench.records.response import Failure
from warmbench.records.verdict import Question
from warmbench.running.ledger import Ledger

__all__ = [
    "CAIRO",
    "KeptReply",
    "always",
    "answer_shown",
    "by_answer",
    "judge_with",
    "kept_replies",
    "make_case",
    "says",
]

CAIRO = Question("Which river runs through Cairo?", ("Nile", "the Nile"), ("Congo",))

Script = Callable[[Request], str | Failure]

_ANSWER = re.compile(r"<answer-([0-9a-f]{16})>\n(.*)\n</answer-\1>", re.DOTALL)


def make_case(response: str, task: str | None = "triviaqa", question: Question = CAIRO) -> Case:
    return Case(question, response, task)


def says(verdict: str) -> str:
    return f"VERDICT: {verdict.upper()}"


def always(reply: str) -> Script:
    return lambda request: reply


def answer_shown(request: Request) -> str:
    """The answer as the prompt shows it, without its bars."""
    match = _ANSWER.search(request.messages[-1].content)
    assert match is not None
    return "\n".join(line.removeprefix("| ") for line in match[2].split("\n"))


def by_answer(replies: dict[str, str | Failure]) -> Script:
    """Replies as the table says, by the answer shown."""
    return lambda request: replies[answer_shown(request)]


def judge_with(engine: ScriptedEngine, ledger_path: Path, cases: list[Case]) -> Judged:
    with closing(Ledger(ledger_path)) as ledger:
        return LLMJudge(engine, ledger).judge_all(cases, SilentObserver())


@dataclass(frozen=True)
class KeptReply:
    """What one judge's model replied on one case: ``case_id`` is ``Case.case_id``, ``attempt`` 0
    or 1. ``text`` is the raw reply, None where asking failed; then ``failure`` says how."""

    judge: str
    case_id: str
    attempt: int
    text: str | None
    failure: str | None


def kept_replies(ledger_path: Path) -> list[KeptReply]:
    """All replies that a ledger keeps, ordered by judge, case and attempt."""
    assert ledger_path.is_file()
    with closing(Ledger(ledger_path)) as ledger:
        replies = [
            KeptReply(row.arm, row.item_id, row.epoch, row.response, row.failure)
            for row in ledger.rows()
        ]
    return sorted(replies, key=lambda kept: (kept.judge, kept.case_id, kept.attempt))
