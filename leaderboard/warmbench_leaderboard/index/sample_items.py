"""A few items with the responses of both arms, for people to read: the same items for all models.

The choice depends on a hash of the item's id alone, so all models on a release show the same items
and nobody can influence it. Texts are cut, never changed otherwise: templates must escape them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warmbench.conditions import Belief, Context
from warmbench.records.item import Item
from warmbench.tasks.registry import in_task_order
from warmbench_leaderboard.index.board import SampleItem, SampleResponse

__all__ = [
    "LONGEST_PROMPT",
    "LONGEST_RESPONSE",
    "SAMPLES_PER_TASK",
    "choose_items",
    "sample_items",
]

SAMPLES_PER_TASK = 6
LONGEST_RESPONSE = 2_000
LONGEST_PROMPT = 4_000
_LONGEST_CORRECT_ANSWER = 200
_CORRECT_ANSWERS = 5

Rows = Iterable[Mapping[str, Any]]


def sample_items(
    items: Sequence[Item], responses: Rows, verdicts: Rows, arm: str
) -> tuple[SampleItem, ...]:
    """The chosen items, with the responses of ``original`` and ``arm`` in the first epoch."""
    chosen = choose_items(items)
    ids = {item.item_id for item in chosen}
    texts = {(r["item_id"], r["arm"]): r["response"] for r in _first_epoch(responses, ids)}
    judged = {(v["item_id"], v["arm"]): v["verdict"] for v in _first_epoch(verdicts, ids)}
    return tuple(
        SampleItem(
            item_id=item.item_id,
            task=item.task,
            context=item.context.value,
            belief=item.belief.value,
            framing=item.framing or None,
            prompt=_cut(_prompt(item), LONGEST_PROMPT),
            correct_answers=tuple(
                _cut(text, _LONGEST_CORRECT_ANSWER)
                for text in item.correct_answers[:_CORRECT_ANSWERS]
            ),
            responses=tuple(
                SampleResponse(
                    arm=name,
                    text=_cut(texts[item.item_id, name] or "", LONGEST_RESPONSE),
                    verdict=judged.get((item.item_id, name), "unscored"),
                )
                for name in ("original", arm)
                if (item.item_id, name) in texts
            ),
        )
        for item in chosen
    )


def choose_items(items: Iterable[Item]) -> list[Item]:
    """``SAMPLES_PER_TASK`` of each task: the beliefs take turns, and no two items of a task share a
    context or a question, as far as there are enough."""
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
    for number in range(SAMPLES_PER_TASK):
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


def _first_epoch(rows: Rows, ids: set[str]) -> Iterable[Mapping[str, Any]]:
    return (row for row in rows if row["epoch"] == 0 and row["item_id"] in ids)


def _prompt(item: Item) -> str:
    """The prompt as sent; with roles where it has more than one message."""
    if len(item.messages) == 1:
        return item.messages[0].content
    return "\n\n".join(f"{message.role}: {message.content}" for message in item.messages)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]} [cut: {len(text):,} characters]"
