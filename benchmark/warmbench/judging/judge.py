"""What a judge is: it gives verdicts on answers, and says how recorded verdicts are rechecked.

A judge is one file or folder with a class that is a ``JudgeClass`` (``judging.judge_class``). It
makes a ``Judge``, which judges, and a ``RecordedJudge``, which rechecks a bundle. The smallest real
one is ``warmbench.judging.reference.judge.ReferenceJudge``, which is all three.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from warmbench.records.response import FailureKind, Response
from warmbench.records.verdict import Judgement, Question

__all__ = [
    "Case",
    "Judge",
    "Judged",
    "JudgingObserver",
    "NotJudged",
    "Outcome",
    "RecordedJudge",
    "RecordedVerdict",
    "SilentObserver",
    "WrongRecord",
    "WrongVerdict",
]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its correct answers, and one response to it. Arm, context and belief are
    not here, so that none of them can reach a judge. ``task`` is None where a file has none."""

    question: Question
    response: str
    task: str | None = None

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
    """The judge's model could not be asked. This is not a verdict; the same command asks again."""

    kind: FailureKind
    message: str


Outcome = Judgement | NotJudged


@dataclass(frozen=True, slots=True)
class Judged:
    """One outcome a case, in the order of the cases, and how they came about, as JSON."""

    outcomes: Sequence[Outcome]
    record: Mapping[str, Any]


class JudgingObserver(Protocol):
    """Receives the progress of a judge. A round is one pass over some cases."""

    def round_started(
        self, label: str, total: int, done: int, model: Mapping[str, str | None] | None
    ) -> None:
        """``done`` of ``total`` were answered before; ``model`` is the identity of the model that
        is asked, None where the judge asks none."""
        ...

    def judged(self, count: int) -> None:
        """``count`` more cases of a round without a model were judged."""
        ...

    def answered(self, label: str, responses: Sequence[Response]) -> None:
        """The model of a round responded."""
        ...


class SilentObserver:
    """A ``JudgingObserver`` that does nothing; a base class for those that need one method."""

    def round_started(
        self, label: str, total: int, done: int, model: Mapping[str, str | None] | None
    ) -> None: ...

    def judged(self, count: int) -> None: ...

    def answered(self, label: str, responses: Sequence[Response]) -> None: ...


@runtime_checkable
class Judge(Protocol):
    """Gives verdicts on many cases at once."""

    @property
    def name(self) -> str:
        """Name and version, recorded with every verdict. All that can change a verdict is in it."""
        ...

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        """Return one outcome a case, in order. Raises ``EngineError`` when a model can't be
        asked at all."""
        ...


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """A verdict of a bundle, beside the case that it was given on. Nothing in it is checked yet."""

    case: Case
    verdict: str
    sure: bool
    reason: str


@dataclass(frozen=True, slots=True)
class WrongVerdict:
    """``place`` counts from 0 among the verdicts that were rechecked; ``text`` is a sentence."""

    place: int
    text: str


@dataclass(frozen=True, slots=True)
class WrongRecord:
    """``field`` is a field of ``judging.json``, empty for the whole; ``text`` is a sentence."""

    field: str
    text: str


class RecordedJudge(Protocol):
    """A judge as a bundle names it. Rechecking asks no model."""

    @property
    def name(self) -> str: ...

    @property
    def recomputable(self) -> bool:
        """Whether anyone can compute every verdict again. Such a judge keeps no record."""
        ...

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> Iterable[WrongRecord]:
        """What is wrong with ``judging.json``, the record of judging ``cases`` (None: there is
        no such file)."""
        ...

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterable[WrongVerdict]:
        """The first verdict of each kind that this judge does not give."""
        ...
