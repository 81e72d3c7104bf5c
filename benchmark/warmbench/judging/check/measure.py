"""Puts the labelled answers of the judging set to a judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.data.release import open_release_path, read_release
from warmbench.errors import RunError
from warmbench.judging.judge import (
    Case,
    Judge,
    JudgingObserver,
    NotJudged,
    Outcome,
    SilentObserver,
)
from warmbench.judging.judge_answers import question_of
from warmbench.judging.unread import check_readable, first_failure
from warmbench.records.item import Item
from warmbench.records.judge_check import CheckedAnswer, JudgeCheck
from warmbench.records.labelled_answer import LabelledAnswer, Part
from warmbench.records.release import ReleaseRecord
from warmbench.records.verdict import Question

__all__ = ["CheckedJudge", "check_judge", "checked_answer", "packaged_part", "questions_of"]


@dataclass(frozen=True, slots=True)
class CheckedJudge:
    """The check, and how the judge was asked, as JSON."""

    check: JudgeCheck
    record: Mapping[str, Any]


def packaged_part(part: Part = Part.FINAL) -> tuple[ReleaseRecord, list[LabelledAnswer]]:
    """A part of the packaged judging set, in the order of its ids, and what names it."""
    release = read_release(open_release_path())
    answers = release.labelled_answers(part)
    record = release.judging_record(part)
    assert record is not None  # its answers were read
    return record, answers


def check_judge(
    judge: Judge,
    items: Iterable[Item] = (),
    *,
    part: Part = Part.FINAL,
    observer: JudgingObserver | None = None,
) -> CheckedJudge:
    """Have ``judge`` give verdicts on a part of the judging set, by one call of ``judge_all``.

    ``items``: where upstream questions are from; an answer to a question that is not there is left
    out, and counted. Raises ``RunError`` where not one answer could be judged, or not one reply of
    a model could be read.
    """
    release, answers = packaged_part(part)
    questions = questions_of(answers, items)
    known = [answer for answer in answers if answer.question_id in questions]
    cases = [Case(questions[one.question_id], one.answer, one.task) for one in known]
    judged = judge.judge_all(cases, observer or SilentObserver())
    check_readable(judged, f"the check of {judge.name}")
    checked = _checked(known, judged.outcomes)
    if not checked:
        raise RunError(
            f"{judge.name}: check: none of {len(known):,} answers could be judged"
            f"{first_failure(judged)}; the same command asks again"
        )
    check = JudgeCheck(
        judge=judge.name,
        release=release,
        part=part.value,
        left_out=len(answers) - len(known),
        not_judged=len(known) - len(checked),
        answers=checked,
    )
    return CheckedJudge(check, judged.record)


def questions_of(
    answers: Iterable[LabelledAnswer], items: Iterable[Item] = ()
) -> dict[str, Question]:
    """Question id -> question: those that ``answers`` bring, and those of ``items``."""
    brought = {one.question_id: one.asked for one in answers if one.asked is not None}
    return {item.question_id: question_of(item) for item in items} | brought


def _checked(
    answers: Sequence[LabelledAnswer], outcomes: Sequence[Outcome]
) -> tuple[CheckedAnswer, ...]:
    return tuple(
        checked_answer(answer, outcome.verdict, sure=outcome.sure)
        for answer, outcome in zip(answers, outcomes, strict=True)
        if not isinstance(outcome, NotJudged)
    )


def checked_answer(answer: LabelledAnswer, verdict: str, *, sure: bool) -> CheckedAnswer:
    """What a check says of a labelled answer."""
    return CheckedAnswer.model_validate(
        {
            "id": answer.id,
            "question_id": answer.question_id,
            "task": answer.task,
            "arm": answer.arm,
            "style": answer.style,
            "words": answer.words,
            "right": answer.right,
            "verdict": verdict,
            "sure": sure,
        }
    )
