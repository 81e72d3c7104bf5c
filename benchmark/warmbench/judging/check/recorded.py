"""A check that a bundle brings: whether it can be the judge's answers to the packaged set.

The verdicts of a model can't be computed again without it. What can be is: that it is this judge
and this set, that every answer is there once with its label, and that the verdicts are verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from warmbench.errors import first_problem
from warmbench.judging.check.measure import checked_answer, packaged_part
from warmbench.records.judge_check import JudgeCheck

__all__ = ["CHECK_FIELD", "UnsoundCheck", "recorded_check", "unsound"]

CHECK_FIELD = "judge_check"
"""Where ``judging.json`` has the check."""


class UnsoundCheck(Exception):
    """A sentence: why a check can't be the judge's, or is none of the packaged set."""


def recorded_check(record: Mapping[str, Any] | None, judge: str) -> JudgeCheck | None:
    """The check in ``judging.json``, None where it has none. Raises ``UnsoundCheck`` for one that
    is not of ``judge``, or not of the packaged set."""
    found = (record or {}).get(CHECK_FIELD)
    if found is None:
        return None
    try:
        check = JudgeCheck.model_validate(found)
    except ValidationError as error:
        raise UnsoundCheck(f"it is not the check of a judge ({first_problem(error)})") from None
    if problem := unsound(check, judge):
        raise UnsoundCheck(problem)
    return check


def unsound(check: JudgeCheck, judge: str) -> str | None:
    """The first thing that is wrong with a check of ``judge`` on the packaged final part."""
    release, answers = packaged_part()
    if check.judge != judge:
        return f"it is of another judge ({check.judge[:80]})"
    if (check.release.fingerprint, check.part) != (release.fingerprint, answers[0].part):
        return f"it is not of the {answers[0].part} part of the judging set {release.version}"
    known = {answer.id: answer for answer in answers}
    given: set[str] = set()
    for row in check.answers:
        answer = known.get(row.id)
        if answer is None or row.id in given:
            return f"{row.id[:40]} is not in the judging set, or there twice"
        if row != checked_answer(answer, row.verdict, sure=row.sure):
            return f"{row.id} has not the label, or is not the answer, of the judging set"
        given.add(row.id)
    missing = [one.id for one in answers if one.asked is not None and one.id not in given]
    if missing:
        return f"{len(missing):,} of its answers are missing, the first {missing[0]}"
    if check.left_out + check.not_judged + len(given) != len(answers):
        return f"its counts are not those of {len(answers):,} answers"
    return None
