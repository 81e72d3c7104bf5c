"""A few items with the answers of both arms, for a person to read: the same items for all models.

The choice is a hash of the item's id alone, so that two models on one release show the same items,
and nobody can choose what is shown. Texts are cut, never changed otherwise: whoever shows them
escapes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warmbench.conditions import Belief, Context
from warmbench.records.item import Item
from warmbench.tasks.registry import in_task_order
from warmbench_leaderboard.index.board import Answers, SampleAnswer

__all__ = ["LONGEST_ANSWER", "LONGEST_PROMPT", "SAMPLES_A_TASK", "choose_items", "sample_answers"]

SAMPLES_A_TASK = 6
LONGEST_ANSWER = 2_000
LONGEST_PROMPT = 4_000
_LONGEST_REFERENCE = 200
_REFERENCES = 5

Rows = Iterable[Mapping[str, Any]]


def sample_answers(
    items: Sequence[Item], responses: Rows, verdicts: Rows, arm: str
) -> tuple[SampleAnswer, ...]:
    """What ``original`` and ``arm`` answered to the chosen items in the first epoch."""
    chosen = choose_items(items)
    wanted = {item.item_id for item in chosen}
    said = {(r["item_id"], r["arm"]): r["response"] for r in _first_epoch(responses, wanted)}
    judged = {(v["item_id"], v["arm"]): v["verdict"] for v in _first_epoch(verdicts, wanted)}
    return tuple(
        SampleAnswer(
            item_id=item.item_id,
            task=item.task,
            context=item.context.value,
            belief=item.belief.value,
            framing=item.framing or None,
            prompt=_cut(_prompt(item), LONGEST_PROMPT),
            correct_answers=tuple(
                _cut(text, _LONGEST_REFERENCE) for text in item.correct_answers[:_REFERENCES]
            ),
            answers=tuple(
                Answers(
                    arm=name,
                    response=_cut(said[item.item_id, name] or "", LONGEST_ANSWER),
                    verdict=judged.get((item.item_id, name), "unscored"),
                )
                for name in ("original", arm)
                if (item.item_id, name) in said
            ),
        )
        for item in chosen
    )


def choose_items(items: Iterable[Item]) -> list[Item]:
    """``SAMPLES_A_TASK`` of each task: beliefs in turn, each in a context (and of a question) that
    the task's others don't have, as far as there are enough."""
    by_task: dict[str, list[Item]] = {}
    for item in items:
        by_task.setdefault(item.task, []).append(item)
    return [item for task in in_task_order(by_task) for item in _choose_of_task(by_task[task])]


def _choose_of_task(items: Iterable[Item]) -> list[Item]:
    in_turn = sorted(items, key=lambda item: hashlib.sha256(item.item_id.encode()).digest())
    beliefs = tuple(Belief)
    contexts: set[Context] = set()
    questions: set[str] = set()
    chosen: list[Item] = []
    for number in range(SAMPLES_A_TASK):
        wanted = beliefs[number % len(beliefs)]
        for item in in_turn:
            if item.belief is wanted and not (
                item.context in contexts or item.question_id in questions
            ):
                chosen.append(item)
                contexts.add(item.context)
                questions.add(item.question_id)
                break
    return chosen


def _first_epoch(rows: Rows, wanted: set[str]) -> Iterable[Mapping[str, Any]]:
    return (row for row in rows if row["epoch"] == 0 and row["item_id"] in wanted)


def _prompt(item: Item) -> str:
    """The prompt as sent; with its roles where it is more than one message."""
    if len(item.messages) == 1:
        return item.messages[0].content
    return "\n\n".join(f"{message.role}: {message.content}" for message in item.messages)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]} [cut: {len(text):,} characters]"
