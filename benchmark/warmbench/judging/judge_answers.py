"""Judges the answers of a run, or of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from warmbench.data.answers import AnswerRow
from warmbench.data.item import Item
from warmbench.errors import DataError
from warmbench.judging.verdict import Judge, Judgement, Question

__all__ = ["judge_answer_rows", "judge_responses", "question_of"]

Tick = Callable[[int], None]


def question_of(item: Item) -> Question:
    """What a judge may know of an item: the question and its references, not the arm."""
    return Question(
        item.question, item.correct_answers, item.incorrect_answers, item.task.refusal_is_correct
    )


def judge_responses(
    items: Sequence[Item],
    responses: Sequence[Mapping[str, Any]],
    judge: Judge,
    tick: Tick = lambda count: None,
) -> list[dict[str, Any]]:
    """Rows of ``VERDICT_SCHEMA``, one a response, in the same order.

    ``tick`` is called with 1 after each. A response to no item of the run is a ``DataError``.
    """
    questions = {item.item_id: question_of(item) for item in items}
    verdicts = []
    for response in responses:
        question = questions.get(response["item_id"])
        if question is None:
            raise DataError(f"a response to {response['item_id']!r}, which is no item of this run")
        judgement = judge.judge(question, response["response"])
        verdicts.append(
            {
                "item_id": response["item_id"],
                "arm": response["arm"],
                "epoch": response["epoch"],
                "verdict": judgement.verdict.value,
                "sure": judgement.sure,
                "judge": judgement.judge,
                "reason": judgement.reason,
            }
        )
        tick(1)
    return verdicts


def judge_answer_rows(
    rows: Sequence[AnswerRow], judge: Judge, tick: Tick = lambda count: None
) -> Iterator[tuple[AnswerRow, Judgement]]:
    """Each recorded answer with its judgement; raises ``DataError`` for a row without a question,
    or when no row has a correct answer."""
    if not any(row.correct_answers for row in rows):
        raise DataError("no row has a correct answer; a judge needs a column 'correct_answers'")
    for row in rows:
        if row.question is None:
            raise DataError(f"{row.where}: a judge needs 'question'")
        question = Question(
            row.question,
            row.correct_answers,
            row.incorrect_answers,
            row.task is not None and row.task.refusal_is_correct,
        )
        yield row, judge.judge(question, row.response)
        tick(1)
