"""How verdicts of the ``llm`` judge are rechecked: replies can't be recomputed, rules can.

What is settled without asking a model: no correct answers, an empty answer, a plain refusal.
"""

from __future__ import annotations

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
from warmbench.judging.judge_settings import settings_mark
from warmbench.judging.llm.presets import PRESETS
from warmbench.judging.llm.prompt import SHARED_SHA256, task_prompt_hashes
from warmbench.judging.recheck import different_verdicts, inconsistent_verdicts, misnamed_record
from warmbench.judging.refusals import is_refusal
from warmbench.judging.rules.judge import RulesJudge
from warmbench.judging.text.normalise import normalise
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench.tasks.registry import all_tasks

__all__ = ["RecordedLLM", "settled_by_rule"]

_RULES = RulesJudge()

_SHORT = 40


def settled_by_rule(question: Question, response: str, judge: str) -> Judgement | None:
    """The judgement (in the name of ``judge``), or None where a model has to be asked.

    Refusals are found by the rules that judge, so that their number can be compared
    between judges; in the paper, too, patterns find them and not the model.
    """
    if _is_empty(response):
        return Judgement(Verdict.INCORRECT, True, judge, "empty answer")
    if not any(normalise(one) for one in question.correct_answers):
        return Judgement(Verdict.UNSCORED, False, judge, "no reference")
    if not is_refusal(response):
        return None
    found = _RULES.judge(question, response)
    declines = found.verdict is Verdict.REFUSED or (
        question.refusal_is_correct and found.verdict is Verdict.CORRECT
    )
    return replace(found, judge=judge) if declines and found.sure else None


def _is_empty(response: str) -> bool:
    """Whether no word is left; a long text with letters in it need not be normalised to know."""
    maybe = len(response) < _SHORT or not any(map(str.isalnum, response))
    return maybe and not normalise(response)


_OTHER_PROMPTS = "the judge was given other prompts than those of this version"


@dataclass(frozen=True, slots=True)
class RecordedLLM:
    """Rechecked are the prompts and the sampling that the record lists, the verdicts that a rule
    settles, and that equal answers have equal verdicts, whichever arm gave them. ``mark`` is what
    the name says of the sampling."""

    name: str
    mark: str = ""
    recomputable: ClassVar[bool] = False

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> Iterator[WrongRecord]:
        if record is None or record.get("judge") != self.name:
            yield misnamed_record()
        elif record.get("prompt_sha256") != SHARED_SHA256:
            yield WrongRecord("prompt_sha256", _OTHER_PROMPTS)
        elif not _are_of_this_version(record.get("task_prompts"), cases):
            yield WrongRecord("task_prompts", _OTHER_PROMPTS)
        elif not self._is_sampled(record.get("sampling")):
            yield WrongRecord("sampling", "is not the one that the judge's name stands for")

    def _is_sampled(self, sampling: object) -> bool:
        if not isinstance(sampling, dict) or settings_mark(sampling) != self.mark:
            return False
        return sampling.get("preset") in (None, *(preset.label for preset in PRESETS.values()))

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterator[WrongVerdict]:
        yield from inconsistent_verdicts(verdicts)
        yield from different_verdicts(
            verdicts, lambda case: settled_by_rule(case.question, case.response, self.name)
        )


def _are_of_this_version(listed: object, cases: Sequence[Case]) -> bool:
    """Whether ``listed`` (task -> hash) has the prompts of all ``cases``, and no other ones."""
    needed = task_prompt_hashes(case.task for case in cases)
    if not isinstance(listed, dict) or not needed.keys() <= listed.keys() <= all_tasks().keys():
        return False
    return bool(task_prompt_hashes(listed) == listed)
