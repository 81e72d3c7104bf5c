"""The ``hybrid`` judge: the references where they settle it, a language model for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmbench.judging.judge import BatchJudge, Case, Judged, Outcome, Watch
from warmbench.records.verdict import Judge, Judgement

__all__ = ["HybridJudge"]

HYBRID_VERSION = "hybrid-1"


@dataclass(frozen=True, slots=True)
class HybridJudge:
    """``reference`` judges every case; only those it is unsure of are put to ``llm``.

    The reason of each verdict begins with who gave it.
    """

    reference: Judge
    llm: BatchJudge

    @property
    def name(self) -> str:
        return f"{HYBRID_VERSION}({self.reference.name}|{self.llm.name})"

    def judge_all(self, cases: Sequence[Case], watch: Watch) -> Judged:
        first = {
            case: self.reference.judge(case.question, case.response)
            for case in dict.fromkeys(cases)
        }
        unsure = [case for case, said in first.items() if not said.sure]
        asked = self.llm.judge_all(unsure, watch)
        second = dict(zip(unsure, asked.outcomes, strict=True))
        record = {
            "judge": self.name,
            "members": [{"judge": self.reference.name}, asked.record],
            "answers": len(first),
            "unsure": len(unsure),
        }
        return Judged([self._named(second.get(case, first[case])) for case in cases], record)

    def _named(self, said: Outcome) -> Outcome:
        if not isinstance(said, Judgement):
            return said
        who = "reference" if said.judge == self.reference.name else "llm"
        return replace(said, judge=self.name, reason=f"{who}: {said.reason}")
