"""What is settled without asking a model: no correct answers, an empty answer, a plain refusal."""

from __future__ import annotations

from dataclasses import replace

from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.refusals import is_refusal
from warmbench.judging.text.normalise import normalise
from warmbench.records.verdict import Judgement, Question, Verdict

__all__ = ["settled_by_rule"]

_REFERENCE = ReferenceJudge()

_SHORT = 40


def settled_by_rule(question: Question, response: str, judge: str) -> Judgement | None:
    """The judgement (in the name of ``judge``), or None where a model has to be asked.

    Refusals are found by the rules of the reference judge, so that their number can be compared
    between judges; in the paper, too, patterns find them and not the model.
    """
    if _is_empty(response):
        return Judgement(Verdict.INCORRECT, True, judge, "empty answer")
    if not any(normalise(one) for one in question.correct_answers):
        return Judgement(Verdict.UNSCORED, False, judge, "no reference")
    if not is_refusal(response):
        return None
    found = _REFERENCE.judge(question, response)
    declines = found.verdict is Verdict.REFUSED or (
        question.refusal_is_correct and found.verdict is Verdict.CORRECT
    )
    return replace(found, judge=judge) if declines and found.sure else None


def _is_empty(response: str) -> bool:
    """Whether no word is left; a long text with letters in it need not be normalised to know."""
    maybe = len(response) < _SHORT or not any(map(str.isalnum, response))
    return maybe and not normalise(response)
