"""Pairs: for each item and epoch, what the original and one treated arm got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from warmbench.conditions import Belief, Context
from warmbench.records.item import Item
from warmbench.records.verdict import Verdict
from warmbench.tasks.registry import headline_tasks, in_task_order

if TYPE_CHECKING:
    from warmbench.statistics.judge_error.answer_groups import AnswerGroups

__all__ = [
    "CELLS",
    "Cell",
    "PairedVerdicts",
    "TaskPairs",
    "cell_means",
    "conditions",
    "pair_verdicts",
    "pairs_by_task",
    "scores_of",
    "with_unanswered",
]

Cell = tuple[Context, Belief]

CELLS: tuple[Cell, ...] = tuple((context, belief) for context in Context for belief in Belief)
"""The 30 cells of a task, in order: the columns of every matrix below."""

_CELL_NUMBERS = {(c.value, b.value): number for number, (c, b) in enumerate(CELLS)}

_SCORES = {Verdict.CORRECT.value: 1.0, Verdict.INCORRECT.value: 0.0}


def scores_of(verdicts: pd.Series[str], refused_as: float = np.nan) -> pd.Series[float]:
    """1 for correct, 0 for incorrect, ``refused_as`` for refused, NaN for unscored."""
    scores: pd.Series[float] = verdicts.map(
        {**_SCORES, Verdict.REFUSED.value: refused_as, Verdict.UNSCORED.value: np.nan}
    ).astype(float)
    return scores


def pair_verdicts(
    items: Sequence[Item], verdicts: Sequence[Mapping[str, Any]], arm: str
) -> pd.DataFrame:
    """One row an item and epoch, with the columns task, question_id, context, belief, epoch,
    ``original`` and ``treated`` (verdicts, or None where the arm has no answer).
    """
    table = pd.DataFrame(verdicts, columns=["item_id", "arm", "epoch", "verdict"])
    wide = table.pivot(index=["item_id", "epoch"], columns="arm", values="verdict")
    wide = wide.reindex(columns=["original", arm]).rename(columns={arm: "treated"})
    return wide.reset_index().merge(
        conditions(items), on="item_id", how="inner", validate="many_to_one"
    )


def with_unanswered(items: Sequence[Item], pairs: pd.DataFrame) -> pd.DataFrame:
    """``pairs`` with a row, without verdicts, for each item and epoch that no arm answered."""
    epochs = pd.DataFrame({"epoch": pairs["epoch"].unique()})
    every = conditions(items).merge(epochs, how="cross")
    answered = pairs[["item_id", "epoch", "original", "treated"]]
    return every.merge(answered, on=["item_id", "epoch"], how="left", validate="one_to_one")


def conditions(items: Sequence[Item]) -> pd.DataFrame:
    """One row an item: item_id, task, question_id, context, belief."""
    return pd.DataFrame(
        [(i.item_id, i.task, i.question_id, i.context.value, i.belief.value) for i in items],
        columns=["item_id", "task", "question_id", "context", "belief"],
    )


@dataclass(frozen=True)
class TaskPairs:
    """One task as matrices, a row a question and a column a cell of ``CELLS``.

    ``original`` and ``treated`` are mean scores over the epochs in which both arms have a
    verdict; NaN where there is none.
    """

    task: str
    question_ids: tuple[str, ...]
    original: NDArray[np.float64]
    treated: NDArray[np.float64]

    @property
    def difference(self) -> NDArray[np.float64]:
        """d(q, c, b): original minus treated."""
        return self.original - self.treated


def pairs_by_task(
    pairs: pd.DataFrame, refused_as: float = np.nan, missing_as: tuple[float, float] | None = None
) -> dict[str, TaskPairs]:
    """Matrices of each task that has rows, in the order of the tasks.

    ``refused_as`` scores a refusal (NaN: the pair is excluded). ``missing_as`` instead fills
    every score that is still missing, (original, treated): for worst-case bounds.
    """
    scored = pairs.assign(
        y_original=scores_of(pairs["original"], refused_as),
        y_treated=scores_of(pairs["treated"], refused_as),
    )
    if missing_as is not None:
        scored = scored.fillna({"y_original": missing_as[0], "y_treated": missing_as[1]})
    both = scored.dropna(subset=["y_original", "y_treated"])
    result = {}
    for task in in_task_order(both["task"]):
        result[task] = _matrices(task, both[both["task"] == task])
    return result


def _matrices(task: str, rows: pd.DataFrame) -> TaskPairs:
    means = cell_means(rows, {side: rows[side].to_numpy() for side in ("y_original", "y_treated")})
    return TaskPairs(
        task=task,
        question_ids=tuple(
            str(question_id) for question_id in sorted(rows["question_id"].unique())
        ),
        original=means["y_original"],
        treated=means["y_treated"],
    )


def cell_means(
    rows: pd.DataFrame, values: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Name -> the means of its values over the epochs of each question (a row, in the order of
    their ids) and cell of ``CELLS`` (a column); NaN where there is none. ``rows``: of one task;
    ``values``: one a row."""
    questions, question = np.unique(rows["question_id"].to_numpy(dtype=str), return_inverse=True)
    cell = [_CELL_NUMBERS[at] for at in zip(rows["context"], rows["belief"], strict=True)]
    place = question * len(CELLS) + np.array(cell, dtype=np.intp)
    shape = (len(questions), len(CELLS))
    counts = np.bincount(place, minlength=shape[0] * shape[1])
    means = {}
    for name, each in values.items():
        sums = np.bincount(place, each, minlength=len(counts))
        with np.errstate(invalid="ignore"):
            means[name] = (sums / counts).reshape(shape)
    return means


def _none_stated() -> pd.DataFrame:
    return pd.DataFrame(columns=["item_id", "arm", "epoch", "verdict"])


def _no_replies() -> pd.DataFrame:
    return pd.DataFrame(columns=["item_id", "arm", "epoch", "kind"])


@dataclass(frozen=True)
class PairedVerdicts:
    """What the original and one treated arm got: all that a statistic is computed from.

    ``items`` were asked, of ``tasks``; ``headline`` are those tasks that the headline loss is of.
    ``table`` is what ``pair_verdicts`` gives: a row an item and epoch. The matrices are those of
    ``pairs_by_task``, refusals left out. ``replies``: a row for each request that was asked, of
    every arm: item_id, arm, epoch, ``kind`` (``ReplyKind``); none where that is not known.
    ``stated``: the verdicts on the answers that every arm stated in a few words after its replies:
    item_id, arm, epoch, verdict; none where none was asked for.
    ``groups``: how the judge errs on each answer; None where nobody has checked it.
    """

    arm: str
    items: tuple[Item, ...]
    tasks: tuple[str, ...]
    headline: tuple[str, ...]
    table: pd.DataFrame
    replies: pd.DataFrame = field(default_factory=_no_replies)
    stated: pd.DataFrame = field(default_factory=_none_stated)
    groups: AnswerGroups | None = None

    @classmethod
    def of(
        cls,
        items: Sequence[Item],
        verdicts: Sequence[Mapping[str, Any]],
        arm: str,
        replies: pd.DataFrame | None = None,
        stated: Sequence[Mapping[str, Any]] = (),
        groups: AnswerGroups | None = None,
    ) -> Self:
        """``verdicts`` and ``stated``: rows of item_id, arm, epoch, verdict."""
        tasks = tuple(in_task_order(item.task for item in items))
        headline = tuple(task for task in tasks if task in headline_tasks())
        table = pair_verdicts(items, verdicts, arm)
        asked = _no_replies() if replies is None else replies
        said = pd.DataFrame(stated, columns=_none_stated().columns)
        return cls(arm, tuple(items), tasks, headline, table, asked, said, groups)

    @cached_property
    def by_task(self) -> dict[str, TaskPairs]:
        """The matrices of each task that has rows."""
        return pairs_by_task(self.table)

    @cached_property
    def original(self) -> dict[str, NDArray[np.float64]]:
        return {task: pairs.original for task, pairs in self.by_task.items()}

    @cached_property
    def treated(self) -> dict[str, NDArray[np.float64]]:
        return {task: pairs.treated for task, pairs in self.by_task.items()}

    @cached_property
    def difference(self) -> dict[str, NDArray[np.float64]]:
        """Original minus treated."""
        return {task: pairs.difference for task, pairs in self.by_task.items()}

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that hold a row in some task of the headline."""
        return _filled(self.difference[task] for task in self.headline if task in self.difference)

    @property
    def contexts(self) -> tuple[Context, ...]:
        """The contexts of those cells."""
        return _contexts(self.cells)

    @property
    def contexts_of_tasks(self) -> tuple[Context, ...]:
        """The contexts that hold a row in some task, of the headline or not."""
        return _contexts(_filled(self.difference.values()))


def _filled(differences: Iterable[NDArray[np.float64]]) -> tuple[Cell, ...]:
    filled = np.zeros(len(CELLS), dtype=bool)
    for values in differences:
        filled |= ~np.all(np.isnan(values), axis=0)
    return tuple(cell for cell, there in zip(CELLS, filled, strict=True) if there)


def _contexts(cells: Iterable[Cell]) -> tuple[Context, ...]:
    there = {context for context, _ in cells}
    return tuple(context for context in Context if context in there)
