"""Human labels of a run's answers: rows of item_id, arm, epoch (0 where it is left out), correct.

    item_id,arm,epoch,correct
    open-triviaqa-001/sadness/none,warm,0,false

A row whose ``correct`` is empty has not been labelled yet: it is skipped.

A correction of the loss needs labels of answers drawn at random from each task, and of both arms'
answers to the same item. So whole pairs are drawn for people to label, the same number from every
task, from what the headline loss rests on, and shuffled: who labels should not know which arm an
answer is of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.conditions import Context
from warmbench.data.cell import cell_text, cell_truth, cell_whole_number
from warmbench.data.table import columns_of, read_rows
from warmbench.errors import DataError, UsageError
from warmbench.records.item import Item
from warmbench.tasks.registry import in_task_order
from warmbench.text_safety import cell_of

__all__ = ["LABEL_COLUMNS", "Label", "check_labels", "draw_answers", "read_labels"]

LABEL_COLUMNS = ("item_id", "arm", "epoch", "correct")

_REQUIRED = ("item_id", "arm", "correct")


@dataclass(frozen=True, slots=True)
class Label:
    """What a person says of one answer. ``where`` names file and row."""

    where: str
    item_id: str
    arm: str
    epoch: int
    correct: bool

    @property
    def key(self) -> tuple[str, str, int]:
        """The answer that it is of."""
        return self.item_id, self.arm, self.epoch


def read_labels(path: Path, names: Mapping[str, str] | None = None) -> list[Label]:
    """The labels of a CSV, JSONL or parquet file.

    ``names``: our column -> the file's, where they differ. Raises ``DataError`` for a missing
    column, a value that is none, two labels of one answer, and a file without a label.
    """
    rows = read_rows(path, repair=True)
    columns = _columns(path, columns_of(rows), names or {})
    labels: dict[tuple[str, str, int], Label] = {}
    for number, row in enumerate(rows, start=1):
        label = _label(f"{path}, row {number}", row, columns)
        if label is None:
            continue
        if other := labels.get(label.key):
            raise DataError(
                f"{label.where}: labels the answer to {label.item_id!r} in arm {label.arm!r}, "
                f"epoch {label.epoch}, as {other.where} already does; label each answer once"
            )
        labels[label.key] = label
    if not labels:
        raise DataError(
            f"{path}: all {len(rows):,} values of {columns['correct']!r} are empty; labels are "
            "true or false"
        )
    return list(labels.values())


def _columns(path: Path, there: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    columns = {ours: names.get(ours, ours) for ours in LABEL_COLUMNS}
    for ours, theirs in columns.items():
        if theirs not in there and (ours in _REQUIRED or ours in names):
            raise DataError(
                f"{path}: no column {theirs!r}; it has {', '.join(there)}. Labels have "
                f"{', '.join(LABEL_COLUMNS)} (epoch may be left out)"
            )
    return columns


def _label(where: str, row: Mapping[str, Any], columns: Mapping[str, str]) -> Label | None:
    correct = cell_truth(where, columns["correct"], row.get(columns["correct"]))
    if correct is None:
        return None
    texts = {ours: cell_text(row.get(columns[ours])) for ours in ("item_id", "arm")}
    for ours, text in texts.items():
        if not text:
            raise DataError(f"{where}: {columns[ours]!r} is empty; each label needs it")
    epoch = cell_whole_number(where, columns["epoch"], row.get(columns["epoch"]))
    return Label(where, texts["item_id"], texts["arm"], epoch, correct)


def check_labels(labels: Sequence[Label], verdicts: Iterable[Mapping[str, Any]]) -> None:
    """Raises ``DataError`` unless each label is of an answer that has a verdict."""
    answers = {(v["item_id"], v["arm"], v["epoch"]) for v in verdicts}
    strange = [label for label in labels if label.key not in answers]
    if not strange:
        return
    first = strange[0]
    if len(strange) == len(labels):
        problem = f"none of the {len(labels):,} labels matches an answer of this run"
    else:
        problem = f"{len(strange):,} of {len(labels):,} labels match no answer of this run"
    raise DataError(f"{first.where}: {_strangeness(first, answers)}; {problem}")


def _strangeness(label: Label, answers: set[tuple[str, str, int]]) -> str:
    arms = sorted({arm for _, arm, _ in answers})
    if label.arm not in arms:
        return f"no arm {label.arm!r} in this run; it has {', '.join(arms)}"
    epochs = sorted(e for item, arm, e in answers if (item, arm) == (label.item_id, label.arm))
    if not epochs:
        return f"no answer to an item {label.item_id[:120]!r} in arm {label.arm!r}"
    known = ", ".join(map(str, epochs))
    return f"no epoch {label.epoch} of item {label.item_id!r}; its epochs are {known}"


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
        raise UsageError(f"--draw {count}: must be at least {len(tasks)}, one per task")
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
                f"--draw {count}: {wanted:,} pairs of {task} are needed, but "
                f"only {len(there):,} were answered in every arm"
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
