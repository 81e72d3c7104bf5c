"""How verdicts of the ``nli`` judge are rechecked: the rules can be recomputed, the model can't
without its weights."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from warmbench.judging.judge import (
    Case,
    JudgingObserver,
    RecordedVerdict,
    WrongRecord,
    WrongVerdict,
)
from warmbench.judging.nli.weighing import CONTRADICTION, EVIDENCE, MARGIN
from warmbench.judging.nli.windows import MOST_REFERENCES, MOST_WINDOWS, SHOWN, WHOLE_WORDS
from warmbench.judging.recheck import different_verdicts, inconsistent_verdicts, misnamed_record
from warmbench.judging.refusals import is_refusal
from warmbench.judging.rules.judge import RulesJudge
from warmbench.judging.text.normalise import normalise
from warmbench.records.reasoning import part_reasoning
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["RecordedNLI", "by_rules", "named", "nli_name"]

NLI_VERSION = "nli-1"
_RULES = RulesJudge()
_SETTINGS = {
    "windows": MOST_WINDOWS,
    "whole_words": WHOLE_WORDS,
    "references": MOST_REFERENCES,
    "shown": SHOWN,
    "contradiction": CONTRADICTION,
    "evidence": EVIDENCE,
    "margin": MARGIN,
}
_UNFIT = re.compile(r"[^\w./-]+", re.ASCII)
_NAME = re.compile(
    rf"{NLI_VERSION}:[\w./-]+@[\w.-]+:{re.escape(_RULES.name)}:[0-9a-f]{{8}}", re.ASCII
)


def nli_name(identity: Mapping[str, str]) -> str:
    """``nli-1:owner/model@0123456789abcdef:rules-1:ab12cd34``: the model and its commit (of a
    folder, 16 hex digits over its files), the rules before it, and a checksum of all else that can
    change a verdict: how much is read, how it is weighed, how it is computed."""
    model, revision = (_UNFIT.sub("-", identity[name]) for name in ("model", "revision"))
    rest = {name: value for name, value in identity.items() if name not in ("model", "revision")}
    text = json.dumps({**_SETTINGS, **rest}, sort_keys=True, ensure_ascii=True)
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{NLI_VERSION}:{model}@{revision}:{_RULES.name}:{mark}"


def by_rules(case: Case) -> Judgement | None:
    """The judgement of the rules where they settle it: they are sure, there is nothing to compare,
    or the answer declines. Else None."""
    found = _RULES.judge(case.question, case.response)
    said = part_reasoning(case.response).answer or ""
    compared = found.verdict in (Verdict.CORRECT, Verdict.INCORRECT) and normalise(said)
    return found if found.sure or not compared or is_refusal(said) else None


@dataclass(frozen=True, slots=True)
class RecordedNLI:
    """Rechecked are the model that the record names, the verdicts of the rules, and that equal
    answers have equal verdicts."""

    name: str
    recomputable: ClassVar[bool] = False

    @classmethod
    def of(cls, name: str) -> RecordedNLI | None:
        """The judge of that name, None where no nli judge of this version has it."""
        return cls(name) if _NAME.fullmatch(name) else None

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> Iterator[WrongRecord]:
        if record is None or record.get("judge") != self.name:
            yield misnamed_record()
        elif not self._is_of(record.get("model")):
            yield WrongRecord("model", "is not the one that the judge's name stands for")

    def _is_of(self, model: object) -> bool:
        if not isinstance(model, dict) or not {"model", "revision"} <= model.keys():
            return False
        return all(isinstance(value, str) for value in model.values()) and (
            nli_name(model) == self.name
        )

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterator[WrongVerdict]:
        yield from inconsistent_verdicts(verdicts)
        yield from different_verdicts(verdicts, self._settled)

    def _settled(self, case: Case) -> Judgement | None:
        found = by_rules(case)
        return named(found, self.name) if found else None


def named(found: Judgement, judge: str) -> Judgement:
    """A judgement of the rules in the name of ``judge``; its reason says whose it is."""
    return replace(found, judge=judge, reason=f"rules: {found.reason}")
