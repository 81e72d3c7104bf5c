"""From the answers of a run, or of a file, to the cases that a judge sees, and to verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from warmbench.data.answer_row import AnswerRow
from warmbench.errors import DataError, RunError
from warmbench.judging.judge import Case, Judged, NotJudged
from warmbench.judging.unread import check_readable, first_failure
from warmbench.records.item import Item
from warmbench.records.reply import response_of
from warmbench.records.response import Answer, Failure
from warmbench.records.verdict import Judgement, Question, Verdict
from warmbench.tasks.registry import task_of

__all__ = [
    "cases_of_answers",
    "cases_of_responses",
    "judgements_of",
    "question_of",
    "verdict_rows",
]

Response = Mapping[str, Any]


def question_of(item: Item) -> Question:
    """What a judge may know of an item: the question and its references, not the arm."""
    return Question(
        item.question,
        item.correct_answers,
        item.incorrect_answers,
        task_of(item.task).refusal_is_correct,
    )


def cases_of_responses(items: Sequence[Item], responses: Sequence[Response]) -> list[Case]:
    """One case a response, in the same order; a response to no item is a ``DataError``."""
    known = {item.item_id: (question_of(item), item.task) for item in items}
    cases = []
    for response in responses:
        if response["item_id"] not in known:
            raise DataError(
                f"a response to {response['item_id']!r}, which is not an item of this run"
            )
        question, task = known[response["item_id"]]
        cases.append(Case(question, response["response"], task))
    return cases


def cases_of_answers(rows: Sequence[AnswerRow]) -> list[Case | Failure]:
    """One case a recorded answer, its reasoning left out, or why there is no answer to judge.

    Raises ``DataError`` for a row without a question, or when no row has a correct answer.
    """
    if not any(row.correct_answers for row in rows):
        file = rows[0].where.rpartition(", row")[0] if rows else "no rows"
        raise DataError(
            f"{file}: no row has a correct answer; a judge needs a column 'correct_answers'"
        )
    cases: list[Case | Failure] = []
    for row in rows:
        if row.question is None:
            raise DataError(f"{row.where}: a judge needs 'question'")
        question = Question(
            row.question,
            row.correct_answers,
            row.incorrect_answers,
            row.task is not None and task_of(row.task).refusal_is_correct,
        )
        response = response_of(row.where, row.reply)
        if isinstance(response, Answer):
            cases.append(Case(question, response.text, row.task))
        else:
            cases.append(response)
    return cases


def judgements_of(
    judged: Judged, judge: str, where: object, *, leave_failures: bool = False
) -> list[Judgement]:
    """The judgement of each case, in the name of ``judge``.

    Raises ``RunError`` that counts the failures (``where``: in what) when there are any, or when
    not one reply of a model could be read; with ``leave_failures`` such a case is ``unscored``, and
    its reason says that it was not judged.
    """
    if not leave_failures:
        check_readable(judged, where)
    failures = Counter(o.kind.value for o in judged.outcomes if isinstance(o, NotJudged))
    if failures and not leave_failures:
        counts = ", ".join(f"{kind} {count:,}" for kind, count in sorted(failures.items()))
        raise RunError(
            f"{where}: {failures.total():,} of {len(judged.outcomes):,} answers could not be "
            f"judged ({counts}), and no verdicts were written{first_failure(judged)}; run the same "
            "command again to retry only these, or leave them unscored with --leave-failures"
        )
    return [
        Judgement(Verdict.UNSCORED, False, judge, f"not judged: {outcome.kind.value}")
        if isinstance(outcome, NotJudged)
        else outcome
        for outcome in judged.outcomes
    ]


def verdict_rows(
    responses: Sequence[Response], judgements: Sequence[Judgement]
) -> list[dict[str, Any]]:
    """Rows of ``VERDICT_SCHEMA``, one a response, in the same order."""
    return [
        {
            "item_id": response["item_id"],
            "arm": response["arm"],
            "epoch": response["epoch"],
            "verdict": judgement.verdict.value,
            "sure": judgement.sure,
            "judge": judgement.judge,
            "reason": judgement.reason,
        }
        for response, judgement in zip(responses, judgements, strict=True)
    ]
