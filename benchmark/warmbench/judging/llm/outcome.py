"""What becomes of a case: a judgement, or a failure that is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from warmbench.engines.engine import FailureKind
from warmbench.judging.llm.case import Case
from warmbench.judging.verdict import Judgement
from warmbench.runner import Observer, SilentObserver

__all__ = ["BatchJudge", "Judged", "NotJudged", "Outcome", "Watch"]


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
