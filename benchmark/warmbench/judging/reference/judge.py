"""The ``reference`` judge, the default: rules where they are sure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from warmbench.judging.judge import (
    Case,
    Judged,
    JudgingObserver,
    RecordedVerdict,
    WrongRecord,
    WrongVerdict,
)
from warmbench.judging.recheck import different_verdicts
from warmbench.judging.rules.judge import RulesJudge
from warmbench.records.verdict import Judgement, Question

__all__ = ["ReferenceJudge"]


@dataclass(frozen=True, slots=True)
class ReferenceJudge:
    """Gives a verdict on an answer from the question's references. Deterministic, free, offline,
    and anyone can recompute its verdicts."""

    name: str = "reference-2"
    rules: RulesJudge = field(default_factory=RulesJudge)
    asks_model: ClassVar[bool] = False
    recomputable: ClassVar[bool] = True

    @classmethod
    def open(cls, model: object = None) -> ReferenceJudge:
        return cls()

    @classmethod
    def recorded(cls, name: str) -> ReferenceJudge | None:
        judge = cls()
        return judge if judge.name == name else None

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        observer.round_started("judging", len(cases), 0, None)
        outcomes = [self._judged(case, observer) for case in cases]
        return Judged(outcomes, {"judge": self.name})

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> tuple[WrongRecord, ...]:
        """There is no record: the verdicts can be recomputed."""
        return ()

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterator[WrongVerdict]:
        """Every verdict is computed again and must be the same in every word."""
        return different_verdicts(verdicts, lambda case: self._judged(case, observer))

    def _judged(self, case: Case, observer: JudgingObserver) -> Judgement:
        judgement = self.judge(case.question, case.response)
        observer.judged(1)
        return judgement

    def judge(self, question: Question, response: str) -> Judgement:
        """Return the verdict on ``response``, its reasoning left out; ``unscored`` where there is
        no reference, or where the reasoning never ends."""
        return replace(self.rules.judge(question, response), judge=self.name)
