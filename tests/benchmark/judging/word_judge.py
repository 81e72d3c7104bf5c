"""A judge as another distribution would ship it: correct is what holds a correct answer's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warmbench.judging.judge import (
    Case,
    Judged,
    JudgingObserver,
    RecordedVerdict,
    WrongRecord,
    WrongVerdict,
)
from warmbench.judging.judge_class import JudgeModel
from warmbench.judging.recheck import different_verdicts
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["WordJudge"]


class WordJudge:
    name = "word-1"
    asks_model = False
    recomputable = True

    @classmethod
    def open(cls, model: JudgeModel | None) -> WordJudge:
        return cls()

    @classmethod
    def recorded(cls, name: str) -> WordJudge | None:
        return cls() if name == cls.name else None

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        observer.round_started("words", len(cases), 0, None)
        return Judged([self._judge(case) for case in cases], {"judge": self.name})

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> Iterable[WrongRecord]:
        return ()

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterable[WrongVerdict]:
        return different_verdicts(verdicts, self._judge)

    def _judge(self, case: Case) -> Judgement:
        answer = case.response.lower()
        correct = any(one.lower() in answer for one in case.question.correct_answers)
        verdict = Verdict.CORRECT if correct else Verdict.INCORRECT
        return Judgement(verdict, True, self.name, "by its words")
