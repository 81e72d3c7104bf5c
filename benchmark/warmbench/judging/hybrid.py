"""The ``hybrid`` judge: the reference judge where it is sure, a language model for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from warmbench.judging.judge import (
    Case,
    Judge,
    Judged,
    JudgingObserver,
    Outcome,
    RecordedVerdict,
    WrongRecord,
    WrongVerdict,
)
from warmbench.judging.judge_class import JudgeModel
from warmbench.judging.llm.judge import LLMJudge
from warmbench.judging.llm.recorded import RecordedLLM, settled_by_rule
from warmbench.judging.recheck import different_verdicts, inconsistent_verdicts, misnamed_record
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.verdict import Judgement

__all__ = ["HybridJudge", "RecordedHybrid"]

HYBRID_VERSION = "hybrid-1"
_OF_REFERENCE = "reference: "
_NAME = re.compile(rf"{HYBRID_VERSION}\(([^()|]+)\|([^()|]+)\)")


@dataclass(frozen=True, slots=True)
class HybridJudge:
    """``reference`` judges every case; only those that it is unsure of are put to ``llm``.

    The reason of each verdict begins with who gave it.
    """

    reference: ReferenceJudge
    llm: Judge
    asks_model: ClassVar[bool] = True

    @classmethod
    def open(cls, model: JudgeModel | None) -> HybridJudge:
        return cls(ReferenceJudge(), LLMJudge.open(model))

    @staticmethod
    def recorded(name: str) -> RecordedHybrid | None:
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        reference, llm = ReferenceJudge.recorded(match[1]), LLMJudge.recorded(match[2])
        return RecordedHybrid(name, reference, llm) if reference and llm else None

    @property
    def name(self) -> str:
        return f"{HYBRID_VERSION}({self.reference.name}|{self.llm.name})"

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        different = list(dict.fromkeys(cases))
        observer.round_started("reading", len(different), 0, None)
        found = self.reference.judgements(different, observer)
        first = dict(zip(different, found, strict=True))
        unsure = [case for case, found in first.items() if not found.sure]
        asked = self.llm.judge_all(unsure, observer)
        second = dict(zip(unsure, asked.outcomes, strict=True))
        record = {
            "judge": self.name,
            "members": [{"judge": self.reference.name}, asked.record],
            "answers": len(first),
            "unsure": len(unsure),
        }
        return Judged([self._named(second.get(case, first[case])) for case in cases], record)

    def _named(self, found: Outcome) -> Outcome:
        if not isinstance(found, Judgement):
            return found
        who = "reference" if found.judge == self.reference.name else "llm"
        return replace(found, judge=self.name, reason=f"{who}: {found.reason}")


@dataclass(frozen=True, slots=True)
class RecordedHybrid:
    """Rechecked are the verdicts that the reference judge is sure of, and those that a rule
    settles; the rest as of the ``llm`` judge."""

    name: str
    reference: ReferenceJudge
    llm: RecordedLLM
    recomputable: ClassVar[bool] = False

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> Iterator[WrongRecord]:
        if record is None or record.get("judge") != self.name:
            yield misnamed_record()
            return
        match record.get("members"):
            case [{"judge": self.reference.name}, dict(member)]:
                # Only what the reference judge is unsure of was put to the model, so the prompts
                # of some tasks may not be listed.
                yield from self.llm.check_record(member, [])
            case _:
                yield WrongRecord("members", "are not the judges of this hybrid")

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterator[WrongVerdict]:
        yield from inconsistent_verdicts(verdicts)
        yield from self._of_reference(verdicts, observer)
        ours = {one.case for one in verdicts if one.reason.startswith(_OF_REFERENCE)}
        yield from different_verdicts(
            verdicts, lambda case: None if case in ours else self._by_rule(case)
        )

    def _of_reference(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterator[WrongVerdict]:
        """What the reference judge is said to have settled must be sure and its own; what the model
        is said to have settled, one that the reference judge may be unsure of."""
        ours = [at for at, one in enumerate(verdicts) if one.reason.startswith(_OF_REFERENCE)]
        theirs = sorted(set(range(len(verdicts))) - set(ours))
        plain = [
            replace(verdicts[at], reason=verdicts[at].reason.removeprefix(_OF_REFERENCE))
            for at in ours
        ]
        for at, one, found in zip(
            ours, plain, self.reference.recomputed(plain, observer), strict=True
        ):
            if found is not None or not one.sure:
                yield WrongVerdict(at, "is not a sure verdict of the reference judge")
                return
        unsure = self.reference.maybe_unsure([verdicts[at].case for at in theirs], observer)
        for at, maybe in zip(theirs, unsure, strict=True):
            if not maybe:
                yield WrongVerdict(at, "is not the verdict of the reference judge, which is sure")
                return

    def _by_rule(self, case: Case) -> Judgement | None:
        by_rule = settled_by_rule(case.question, case.response, self.name)
        return replace(by_rule, reason=f"llm: {by_rule.reason}") if by_rule else None
