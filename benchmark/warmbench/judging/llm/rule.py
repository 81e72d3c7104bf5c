"""What is settled without asking a model: no references, no answer, a plain refusal."""

from __future__ import annotations

from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.refusals import is_refusal
from warmbench.judging.text.normalise import normalise
from warmbench.records.verdict import Judgement, Question, Verdict

__all__ = ["settled_by_rule"]

_REFERENCE = ReferenceJudge()

_SHORT = 40


def settled_by_rule(question: Question, response: str, judge: str) -> Judgement | None:
    """The judgement (in the name of ``judge``), or None where a model has to be asked.

    Refusals are told by the rules that the reference judge has: so their number can be compared
    between judges, as in the paper, where patterns tell them and not the model.
    """
    if _is_empty(response):
        return Judgement(Verdict.INCORRECT, True, judge, "empty answer")
    if not any(normalise(one) for one in question.correct_answers):
        return Judgement(Verdict.UNSCORED, False, judge, "no reference")
    if not is_refusal(response):
        return None
    said = _REFERENCE.judge(question, response)
    declines = said.verdict is Verdict.REFUSED or (
        question.refusal_is_correct and said.verdict is Verdict.CORRECT
    )
    return Judgement(said.verdict, True, judge, said.reason) if declines and said.sure else None


def _is_empty(response: str) -> bool:
    """Whether nothing is said: to normalise a long text with letters in it would only cost time."""
    maybe = len(response) < _SHORT or not any(map(str.isalnum, response))
    return maybe and not normalise(response)
