"""The reader without the rules, to compare with: right where its log odds are above zero."""

from __future__ import annotations

from collections.abc import Sequence

from warmbench.judging.judge import Case, Judged, JudgingObserver
from warmbench.judging.reader.reader import Reading, packaged_digest, packaged_reader
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["ReaderAlone"]


class ReaderAlone:
    """A judge that reads every answer. It is never sure: its log odds are not calibrated."""

    @property
    def name(self) -> str:
        return f"reader-1:{packaged_digest()}"

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        observer.round_started("reading", len(cases), 0, None)
        readings = packaged_reader().read(cases, observer.judged)
        return Judged([self._judgement(one) for one in readings], {"judge": self.name})

    def _judgement(self, reading: Reading) -> Judgement:
        verdict = Verdict.CORRECT if reading.log_odds > 0 else Verdict.INCORRECT
        if reading.refused > 0:
            verdict = Verdict.REFUSED
        return Judgement(verdict, False, self.name, f"log odds {reading.log_odds:.1f}")
