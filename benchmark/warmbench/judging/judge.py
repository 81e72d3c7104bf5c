"""One answer to be judged, and all that a judge may know of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from warmbench.conditions import Task
from warmbench.records.response import FailureKind
from warmbench.records.verdict import Judgement, Question
from warmbench.run.runner import Observer, SilentObserver

__all__ = ["BatchJudge", "Case", "Judged", "NotJudged", "Outcome", "Watch"]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its references, and one answer to it. Neither arm, context nor belief is
    here, so that none can reach a judge. ``task`` is None where a file does not say it."""

    question: Question
    response: str
    task: Task | None = None

    @property
    def case_id(self) -> str:
        """SHA-256 (hex) of all that a judge may know: equal answers are one case."""
        parts = [
            self.task,
            self.question.text,
            self.question.correct_answers,
            self.question.incorrect_answers,
            self.question.refusal_is_correct,
            self.response,
        ]
        text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class NotJudged:
    """The judge could not be asked. This is no verdict; the same command asks again."""

    kind: FailureKind
    message: str


Outcome = Judgement | NotJudged


@dataclass(frozen=True, slots=True)
class Judged:
    """One outcome a case, in the order of the cases, and how they came about, as JSON."""

    outcomes: Sequence[Outcome]
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how the judging goes: ``tick`` of cases judged by rule, ``observer`` of
    requests."""

    tick: Callable[[int], None] = lambda count: None
    observer: Observer = field(default_factory=SilentObserver)


class BatchJudge(Protocol):
    """Judges many cases at once."""

    @property
    def name(self) -> str:
        """The judge's name and version, recorded with every verdict."""
        ...

    def judge_all(self, cases: Sequence[Case], watch: Watch) -> Judged:
        """Return one outcome a case, in order. Raises ``EngineError`` when a model can't be
        asked at all."""
        ...
