"""How far a judge agrees with the labels of the judging set, in all and by what an answer is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from warmbench.data.load import open_data
from warmbench.judging.agreement import Agreement, measure_agreement
from warmbench.judging.judge_answers import question_of
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.labelled_answer import LabelledAnswer
from warmbench.records.verdict import Judgement, Question

__all__ = ["agreement_by_group", "reference_judgements"]

_LENGTHS = ((0, "under 40 words"), (40, "40 to 99 words"), (100, "100 words and more"))


@cache
def _questions() -> Mapping[str, Question]:
    return {item.question_id: question_of(item) for item in open_data("open").items()}


def reference_judgements(answers: Sequence[LabelledAnswer]) -> list[Judgement]:
    """The reference judge's judgement of each answer."""
    judge = ReferenceJudge()
    return [judge.judge(_questions()[one.question_id], one.answer) for one in answers]


def agreement_by_group(
    answers: Sequence[LabelledAnswer], judgements: Sequence[Judgement]
) -> dict[tuple[str, str], Agreement]:
    """(what, which) -> agreement, ``("all", "")`` first: by task, arm, style and length."""
    groups: dict[tuple[str, str], list[tuple[bool, Judgement]]] = {}
    for answer, judgement in zip(answers, judgements, strict=True):
        for group in _groups_of(answer):
            groups.setdefault(group, []).append((answer.right, judgement))
    order = ("all", "task", "arm", "style", "length")
    return {
        group: measure_agreement(pairs)
        for group, pairs in sorted(groups.items(), key=lambda one: (order.index(one[0][0]), one[0]))
    }


def _groups_of(answer: LabelledAnswer) -> Iterator[tuple[str, str]]:
    yield "all", ""
    yield "task", answer.task
    yield "arm", answer.arm
    yield "style", answer.style
    yield "length", next(name for least, name in reversed(_LENGTHS) if answer.words >= least)
