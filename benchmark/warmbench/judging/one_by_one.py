"""The reference judge, over many cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmbench.judging.judge import Case, Judged, Outcome, Watch
from warmbench.records.verdict import Judge

__all__ = ["OneByOne"]


@dataclass(frozen=True, slots=True)
class OneByOne:
    """A judge that needs no model, as a ``BatchJudge``."""

    judge: Judge

    @property
    def name(self) -> str:
        return self.judge.name

    def judge_all(self, cases: Sequence[Case], watch: Watch) -> Judged:
        outcomes: list[Outcome] = []
        for case in cases:
            outcomes.append(self.judge.judge(case.question, case.response))
            watch.tick(1)
        return Judged(outcomes, {"judge": self.name})
