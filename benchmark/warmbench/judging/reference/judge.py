"""The ``reference`` judge, the default: rules where they are sure, and elsewhere the rules and the
reader, a small model, weighed together. Free, offline, and anyone can recompute its verdicts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from typing import Any, ClassVar

from warmbench.judging.judge import (
    Case,
    Judged,
    JudgingObserver,
    RecordedVerdict,
    SilentObserver,
    WrongRecord,
    WrongVerdict,
)
from warmbench.judging.reader.form import sentences
from warmbench.judging.reader.reader import Reader, Reading, packaged_digest, packaged_reader
from warmbench.judging.recheck import wrong_verdict
from warmbench.judging.reference.weighing import Weighing, packaged_weighing
from warmbench.judging.rules.judge import RulesJudge
from warmbench.records.reasoning import part_reasoning
from warmbench.records.verdict import Judgement, Question, Verdict

__all__ = ["ReferenceJudge", "reference_name"]

_VERSION = "reference-2"

_REFUSED_AT = 0.0
"""The log odds of declining from which the reader takes an answer for a refusal."""

_REFUSED_MARGIN = 0.3
"""By which they may differ between machines."""

_QUOTED = 100
"""Characters of the deciding sentence in a reason."""


@cache
def reference_name() -> str:
    """``reference-2`` and a checksum of the reader's weights and of the weighing: all that can
    change a verdict beside the code."""
    weighing = packaged_weighing()
    parts = [packaged_digest(), dict(weighing.weights), weighing.sure_at, weighing.margin]
    return f"{_VERSION}:{sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class _Read:
    """One case as the rules judge it, and as the reader reads it, where the rules are not sure;
    ``said`` is what it reads, the response without its reasoning."""

    by_rules: Judgement
    said: str
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class ReferenceJudge:
    """Gives a verdict on an answer from the question's references.

    ``rules`` judge first, and where they are sure that is the verdict. For the rest the reader
    compares each piece and sentence of the answer with every reference, and ``weighing`` makes one
    probability of what both found. The verdict is sure where that is high enough; the reason
    quotes the sentence that weighed most.
    """

    name: str = field(default_factory=reference_name)
    rules: RulesJudge = field(default_factory=RulesJudge)
    weighing: Weighing = field(default_factory=packaged_weighing)
    asks_model: ClassVar[bool] = False
    recomputable: ClassVar[bool] = True

    @classmethod
    def open(cls, model: object = None) -> ReferenceJudge:
        return cls()

    @classmethod
    def recorded(cls, name: str) -> ReferenceJudge | None:
        if not name.startswith(f"{_VERSION}:"):  # the name's checksum is of 24 MB of weights
            return None
        judge = cls()
        return judge if judge.name == name else None

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        observer.round_started("judging", len(cases), 0, None)
        return Judged(self.judgements(cases, observer), {"judge": self.name})

    def judgements(
        self, cases: Sequence[Case], observer: JudgingObserver | None = None
    ) -> list[Judgement]:
        """One judgement a case, in order; equal cases are judged once."""
        read = self._read(cases, observer or SilentObserver())
        return [self._judgement(case, read[case]) for case in cases]

    def judge(self, question: Question, response: str) -> Judgement:
        """Return the verdict on ``response``, its reasoning left out; ``unscored`` where there is
        no reference, or where the reasoning never ends."""
        return self.judgements([Case(question, response)])[0]

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> tuple[WrongRecord, ...]:
        """There is no record: the verdicts can be recomputed."""
        return ()

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterator[WrongVerdict]:
        """Every verdict is computed again. One by rule must be the same in every word; where the
        reader had a part, verdict and surety must be those of a probability within the weighing's
        margin of this machine's, and the reason must quote a sentence of the answer."""
        wrong = [
            (at, found)
            for at, found in enumerate(self.recomputed(verdicts, observer))
            if found is not None
        ]
        if wrong:
            at, found = wrong[0]
            yield wrong_verdict(at, verdicts[at], found, len(wrong))

    def recomputed(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> list[Judgement | None]:
        """For each verdict that no machine gives, the one that this machine does; else None."""
        read = self._read([one.case for one in verdicts], observer)
        return [
            None
            if self._may_say(one, read[one.case])
            else self._judgement(one.case, read[one.case])
            for one in verdicts
        ]

    def maybe_unsure(self, cases: Sequence[Case], observer: JudgingObserver) -> list[bool]:
        """Whether some machine is unsure of each case."""
        read = self._read(cases, observer)
        return [self._maybe_unsure(case, read[case]) for case in cases]

    def _maybe_unsure(self, case: Case, read: _Read) -> bool:
        if read.reading is None:
            return not read.by_rules.sure
        if read.reading.refused >= _REFUSED_AT - _REFUSED_MARGIN:
            return True  # a decline that is read is never sure
        probability = self.weighing.probability(read.by_rules, read.reading, case.question)
        return not self.weighing.decide(self.weighing.nearer_to_even(probability))[1]

    def _read(self, cases: Sequence[Case], observer: JudgingObserver) -> dict[Case, _Read]:
        times = Counter(cases)
        found: dict[Case, _Read] = {}
        unsure: list[Case] = []
        for case, count in times.items():
            by_rules = self.rules.judge(case.question, case.response)
            found[case] = _Read(by_rules, part_reasoning(case.response).answer or "", None)
            if by_rules.sure or by_rules.verdict is Verdict.UNSCORED:
                observer.judged(count)
            else:
                unsure.append(case)
        if unsure:
            self._read_unsure(unsure, found, times, observer)
        return found

    def _read_unsure(
        self,
        unsure: Sequence[Case],
        found: dict[Case, _Read],
        times: Mapping[Case, int],
        observer: JudgingObserver,
    ) -> None:
        reader: Reader = packaged_reader()
        left = iter(unsure)
        readings = reader.read(
            [replace(case, response=found[case].said) for case in unsure],
            lambda count: observer.judged(sum(times[next(left)] for _ in range(count))),
        )
        for case, reading in zip(unsure, readings, strict=True):
            found[case] = replace(found[case], reading=reading)

    def _judgement(self, case: Case, read: _Read) -> Judgement:
        if read.reading is None:
            return replace(read.by_rules, judge=self.name)
        reason = _quoting(read.reading.start, read.reading.end, read.said)
        if read.reading.refused >= _REFUSED_AT:
            return Judgement(_declined(case.question), False, self.name, reason)
        probability = self.weighing.probability(read.by_rules, read.reading, case.question)
        verdict, sure = self.weighing.decide(probability)
        return Judgement(verdict, sure, self.name, reason)

    def _may_say(self, one: RecordedVerdict, read: _Read) -> bool:
        """Whether some machine may give this verdict on its case."""
        here = self._judgement(one.case, read)
        if (one.verdict, one.sure, one.reason) == (here.verdict, here.sure, here.reason):
            return True
        if read.reading is None or not _quotes(one.reason, read.said):
            return False
        declines = read.reading.refused - _REFUSED_AT
        if declines >= -_REFUSED_MARGIN and (one.verdict, one.sure) == (
            _declined(one.case.question), False,
        ):  # fmt: skip
            return True
        if declines > _REFUSED_MARGIN:
            return False
        probability = self.weighing.probability(read.by_rules, read.reading, one.case.question)
        return self.weighing.allows(probability, one.verdict, one.sure)


def _declined(question: Question) -> Verdict:
    return Verdict.CORRECT if question.refusal_is_correct else Verdict.REFUSED


def _quotes(reason: str, answer: str) -> bool:
    """Whether the reason quotes a sentence of the answer."""
    return any(reason == _quoting(*span, answer) for span in sentences(answer))


def _quoting(start: int, end: int, answer: str) -> str:
    sentence = " ".join(answer[start:end].split())
    if len(sentence) > _QUOTED:
        sentence = sentence[: _QUOTED - 1] + "…"
    return f"read: {sentence}"
