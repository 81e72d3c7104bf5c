"""Draws answers of a run for people to label.

A correction of the loss needs answers drawn at random from each task, and both arms' answers to
the same item. So whole pairs are drawn, alike from every task, from what the headline loss rests
on, and shuffled: who labels should not know which arm an answer is of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warmbench.conditions import Context
from warmbench.errors import UsageError
from warmbench.records.item import Item
from warmbench.tasks.registry import in_task_order
from warmbench.text_safety import cell_of

__all__ = ["draw_answers"]


def draw_answers(
    items: Sequence[Item],
    responses: Sequence[Mapping[str, Any]],
    arms: Sequence[str],
    count: int,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Rows to label: ``count`` items and epochs, the same number of each task, with the answers of
    all ``arms``; ``correct`` is empty, for the label.

    The same run, count and seed give the same rows in the same order; a larger count gives them
    and more. Raises ``UsageError`` where there are not so many, or fewer are asked than tasks.
    """
    texts = {(r["item_id"], r["arm"], r["epoch"]): str(r["response"]) for r in responses}
    epochs = sorted({epoch for _, _, epoch in texts})
    tasks = in_task_order(item.task for item in items)
    if count < len(tasks):
        raise UsageError(f"--draw {count}: one of each of the {len(tasks)} tasks at least")
    drawn: list[tuple[Item, int]] = []
    for task in tasks:
        there = [
            (item, epoch)
            for item in items
            if item.task == task and item.context is not Context.NEUTRAL
            for epoch in epochs
            if all((item.item_id, arm, epoch) in texts for arm in arms)
        ]
        wanted = -(-count // len(tasks))
        if len(there) < wanted:
            raise UsageError(
                f"--draw {count}: {wanted:,} pairs of {task} are needed, and "
                f"{len(there):,} were answered in every arm"
            )
        there.sort(key=lambda one: _shuffled(seed, one[0].item_id, one[1]))
        drawn += there[:wanted]
    rows = [row for item, epoch in drawn for row in _rows(item, epoch, arms, texts)]
    return sorted(rows, key=lambda r: _shuffled(seed, r["item_id"], r["epoch"], r["arm"]))


def _rows(
    item: Item, epoch: int, arms: Sequence[str], texts: Mapping[tuple[str, str, int], str]
) -> Iterator[dict[str, Any]]:
    for arm in arms:
        yield {
            "prompt": cell_of(item.messages[-1].content),
            "correct_answers": json.dumps(list(item.correct_answers), ensure_ascii=False),
            "response": cell_of(texts[item.item_id, arm, epoch]),
            "correct": "",
            "item_id": item.item_id,
            "epoch": epoch,
            "arm": arm,
        }


def _shuffled(seed: int, *parts: object) -> str:
    name = "/".join(map(str, (seed, *parts)))
    return hashlib.sha256(name.encode()).hexdigest()
