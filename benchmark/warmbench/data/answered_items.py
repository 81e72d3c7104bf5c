"""The items that recorded answers belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from warmbench.data.answer_row import AnswerRow
from warmbench.errors import DataError
from warmbench.records.item import Item, item_id_of
from warmbench.records.message import Message

__all__ = ["item_id_of_answer", "items_of_answers"]


def items_of_answers(rows: Iterable[AnswerRow], source: str) -> list[Item]:
    """The items that recorded answers belong to, for answers to questions of one's own.

    A row without a correct answer stays: its verdict is ``unscored``. Raises ``DataError`` for a
    row without question or task, when no row has a correct answer, and for two rows of the same
    question in the same context, belief and epoch.
    """
    items: dict[str, Item] = {}
    seen: dict[tuple[str, int], str] = {}
    for row in rows:
        item = _to_item(row, source)
        key = (item.item_id, row.epoch)
        if key in seen:
            raise DataError(f"{row.where}: the same question and condition as {seen[key]}")
        seen[key] = row.where
        items.setdefault(item.item_id, item)
    if not any(item.correct_answers for item in items.values()):
        raise DataError(f"{source}: no row has a correct answer; add a column 'correct_answers'")
    return list(items.values())


def item_id_of_answer(row: AnswerRow) -> str:
    """The item that a row answers: its ``item_id``, or one made of task, question, condition."""
    if row.item_id:
        return row.item_id
    return item_id_of(_question_id(row), row.context, row.belief)


def _question_id(row: AnswerRow) -> str:
    if row.question_id:
        return row.question_id
    if row.task is None or row.question is None:
        missing = "task" if row.task is None else "question"
        raise DataError(
            f"{row.where}: the {missing} is missing; add a column {missing!r}"
            + (" or use --tasks NAME" if missing == "task" else "")
        )
    asked = row.source_question or row.question
    digest = hashlib.sha256(f"{row.task}\n{asked}".encode()).hexdigest()
    return f"own-{row.task}-{digest[:12]}"


def _to_item(row: AnswerRow, source: str) -> Item:
    if row.question is None:
        raise DataError(
            f"{row.where}: no 'question'; only a file whose rows all have an 'item_id' "
            "answers a release"
        )
    question_id = _question_id(row)
    if row.task is None:
        raise DataError(f"{row.where}: 'task' is needed with 'question_id'")
    prompt = row.prompt or row.question
    return Item(
        item_id=item_id_of_answer(row),
        question_id=question_id,
        task=row.task,
        context=row.context,
        belief=row.belief,
        messages=(Message("user", prompt),),
        question=row.question,
        framing_id="",
        framing="",
        belief_text="",
        correct_answers=row.correct_answers,
        incorrect_answers=row.incorrect_answers,
        category="",
        source=source,
        source_revision="",
        license="unknown",
        canary="",
    )
