"""Which answers people label: drawn at random, or all, in an order that tells nobody the arm.

A correction of the loss needs labels of answers drawn at random from each task, and of all arms'
answers to the same item. So whole items are drawn, the same number from every task, from what the
headline loss rests on, whatever the judge said of them: refusals too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.conditions import HEADLINE_CONTEXTS
from warmbench.errors import UsageError
from warmbench.judging.audit.answer_ids import AnswerIds, AnswerKey
from warmbench.judging.audit.rule import rule_of
from warmbench.records.item import Item
from warmbench.tasks.registry import headline_tasks, in_task_order, task_of
from warmbench.text_safety import cell_of

__all__ = ["SheetAnswer", "audited_tasks", "draw_answers", "sheet_of"]

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """One answer as a labeller sees it: all that is needed to judge it, and not its arm."""

    answer_id: str
    task: str
    rule: str
    asked: str
    question: str
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...]
    response: str

    def row(self) -> dict[str, str]:
        """A row of the sheet, each cell safe in a spreadsheet; label and note are empty."""
        cells = {
            "answer_id": self.answer_id,
            "task": self.task,
            "rule": self.rule,
            "asked": self.asked,
            "question": self.question,
            "correct_answers": "\n".join(self.correct_answers),
            "incorrect_answers": "\n".join(self.incorrect_answers),
            "response": self.response,
            "label": "",
            "note": "",
        }
        return {name: cell_of(text) for name, text in cells.items()}


def audited_tasks(items: Iterable[Item]) -> list[str]:
    """The tasks of the headline among those of ``items``."""
    return [task for task in in_task_order(i.task for i in items) if task in headline_tasks()]


def draw_answers(
    items: Sequence[Item], responses: Rows, arms: Sequence[str], count: int | None, seed: int = 0
) -> list[AnswerKey]:
    """``count`` items and epochs, the same number of each task, with the answers of all ``arms``;
    ``None`` for every answer that the headline loss can rest on. All tasks of a run that has none
    of the headline's.

    The same run, count and seed give the same answers; a larger count gives them and more. Raises
    ``UsageError`` where there are not so many, or fewer are asked than tasks.
    """
    there = {(r["item_id"], r["arm"], r["epoch"]) for r in responses}
    epochs = sorted({epoch for _, _, epoch in there})
    tasks = audited_tasks(items) or in_task_order(item.task for item in items)
    asked = [i for i in items if i.task in tasks and i.context in HEADLINE_CONTEXTS]
    if count is None:
        every = [(item.item_id, arm, e) for item in asked for arm in arms for e in epochs]
        return [answer for answer in every if answer in there]
    if count < len(tasks):
        raise UsageError(f"--draw {count}: must be at least {len(tasks)}, one per task")
    drawn: list[tuple[str, int]] = []
    wanted = -(-count // len(tasks))
    for task in tasks:
        pairs = [
            (item.item_id, epoch)
            for item in asked
            if item.task == task
            for epoch in epochs
            if all((item.item_id, arm, epoch) in there for arm in arms)
        ]
        if len(pairs) < wanted:
            raise UsageError(
                f"--draw {count}: {wanted:,} pairs of {task} are needed, but only {len(pairs):,} "
                "were answered in every arm; --draw all takes every answer"
            )
        drawn += sorted(pairs, key=lambda pair: _shuffled(seed, *pair))[:wanted]
    return [(item_id, arm, epoch) for item_id, epoch in drawn for arm in arms]


def sheet_of(
    drawn: Sequence[AnswerKey], items: Sequence[Item], responses: Rows, ids: AnswerIds, seed: int
) -> list[SheetAnswer]:
    """The drawn answers, in random order across arms; a larger draw keeps the order of a smaller
    one."""
    by_id = {item.item_id: item for item in items}
    texts = {(r["item_id"], r["arm"], r["epoch"]): str(r["response"]) for r in responses}
    shuffled = sorted(drawn, key=lambda answer: ids.order(answer, seed))
    return [_shown(by_id[answer[0]], ids.ids[answer], texts[answer]) for answer in shuffled]


def _shown(item: Item, answer_id: str, response: str) -> SheetAnswer:
    task = task_of(item.task)
    return SheetAnswer(
        answer_id=answer_id,
        task=task.label,
        rule=rule_of(task),
        asked=item.messages[-1].content,
        question=item.question,
        correct_answers=item.correct_answers,
        incorrect_answers=item.incorrect_answers,
        response=response,
    )


def _shuffled(seed: int, *parts: object) -> str:
    name = "/".join(map(str, (seed, *parts)))
    return hashlib.sha256(name.encode()).hexdigest()
