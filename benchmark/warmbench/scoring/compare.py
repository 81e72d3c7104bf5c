"""Compares two runs on the same release: whose loss is larger, question by question.

An estimate is the second run's loss minus the first's, on the items for which both have a pair of
verdicts; all rows of a question are one observation, as in a score. What makes the questions
hard or easy for both runs falls out of the difference, so that it is better known than the two
losses by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from warmbench.conditions import Context
from warmbench.errors import UsageError
from warmbench.records.differences import differences
from warmbench.records.estimate import Estimate
from warmbench.records.run import RunRecord
from warmbench.records.table_result import TableResult
from warmbench.statistics.estimate import Weights, estimate
from warmbench.statistics.pairs import CELLS, TaskPairs
from warmbench.statistics.weights import (
    BELIEF_ABSENT,
    BELIEF_PRESENT,
    belief_weights,
    context_weights,
    headline_weights,
    minus,
)
from warmbench.tasks.registry import headline_tasks, in_task_order

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ComparedLoss",
    "ComparedRun",
    "Comparison",
    "compare_pairs",
]


@dataclass(frozen=True)
class ComparedRun:
    """One run of the two. ``unanswered`` counts requests of the two arms that have no answer."""

    path: str
    record: RunRecord
    metric_version: str
    judge: str
    arm: str
    unanswered: int
    pairs: Mapping[str, TaskPairs]

    @property
    def models(self) -> dict[str, str]:
        """The models of the original and the treated arm."""
        found = {arm.name: arm.model for arm in self.record.study.arms}
        return {"original": found["original"], "treated": found[self.arm]}


Matrices = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class ComparedLoss:
    """The losses of both runs on the items that both have, and the second minus the first."""

    first: float
    second: float
    difference: Estimate


@dataclass(frozen=True, repr=False)
class Comparison(TableResult):
    """Two runs side by side. ``notes`` say in sentences what else they differ in."""

    first: ComparedRun
    second: ComparedRun
    notes: tuple[str, ...]
    items: dict[str, int]
    headline: ComparedLoss
    plain: ComparedLoss | None
    sycophancy: ComparedLoss | None
    tasks: dict[str, ComparedLoss]
    contexts: dict[str, ComparedLoss]

    def to_json(self) -> dict[str, Any]:
        return {
            "release": self.first.record.release.model_dump(mode="json"),
            "metric_version": self.first.metric_version,
            "runs": [
                {
                    "path": side.path,
                    "arm": side.arm,
                    "models": side.models,
                    "judge": side.judge,
                    "sampling": side.record.study.sampling.model_dump(),
                    "unanswered": side.unanswered,
                }
                for side in (self.first, self.second)
            ],
            "notes": list(self.notes),
            "items": self.items,
            "headline": asdict(self.headline),
            "plain": asdict(self.plain) if self.plain else None,
            "sycophancy": asdict(self.sycophancy) if self.sycophancy else None,
            "tasks": {name: asdict(found) for name, found in self.tasks.items()},
            "contexts": {name: asdict(found) for name, found in self.contexts.items()},
        }

    def to_pandas(self) -> pd.DataFrame:
        """One row for each part: the losses of both runs and the second minus the first with its
        95 % interval, in percentage points, and how many questions they rest on."""
        import pandas as pd

        found = {
            ("headline", ""): self.headline,
            ("plain", ""): self.plain,
            ("sycophancy", ""): self.sycophancy,
            **{("task", name): loss for name, loss in self.tasks.items()},
            **{("context", name): loss for name, loss in self.contexts.items()},
        }
        rows = [
            {
                "part": part,
                "name": name,
                "first": loss.first,
                "second": loss.second,
                "difference": loss.difference.value,
                "low": loss.difference.low,
                "high": loss.difference.high,
                "questions": loss.difference.n,
            }
            for (part, name), loss in found.items()
            if loss is not None
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        return (
            f"{self.second.path} minus {self.first.path}: {self.headline.difference} points of loss"
        )

    __repr__ = __str__


def compare_pairs(first: ComparedRun, second: ComparedRun) -> Comparison:
    """The estimates of a comparison; ``UsageError`` where the runs share no item with verdicts."""
    one, other = _on_common_items(first.pairs, second.pairs)
    filled = {
        context
        for values in one.values()
        for (context, _), column in zip(CELLS, values.T, strict=True)
        if not np.all(np.isnan(column))
    }
    tasks = list(one)
    asked = [task for task in tasks if task in headline_tasks()]

    def compared(weights: Weights) -> ComparedLoss | None:
        return _compared(one, other, weights)

    headline = compared(headline_weights(asked)) if asked else None
    if headline is None:
        raise UsageError(
            f"{first.path} and {second.path}: no item of the headline has verdicts in both runs"
        )
    return Comparison(
        first=first,
        second=second,
        notes=tuple(_notes(first, second)),
        items={
            "first": _count(first.pairs),
            "second": _count(second.pairs),
            "both": sum(int((~np.isnan(values)).sum()) for values in one.values()),
        },
        headline=headline,
        plain=compared(belief_weights(asked, BELIEF_ABSENT, [Context.PLAIN])),
        sycophancy=compared(
            minus(belief_weights(asked, BELIEF_PRESENT), belief_weights(asked, BELIEF_ABSENT))
        ),
        tasks=_each(tasks, lambda t: compared(headline_weights([t]))),
        contexts=_each(
            [c.value for c in Context if c in filled],
            lambda c: compared(context_weights(asked, Context(c))),
        ),
    )


def _each(
    names: list[str], compared: Callable[[str], ComparedLoss | None]
) -> dict[str, ComparedLoss]:
    return {name: found for name in names if (found := compared(name))}


def _compared(one: Matrices, other: Matrices, weights: Weights) -> ComparedLoss | None:
    """None where a side has no rows. Both matrices miss the same cells, so that the
    difference of the values is the value of the difference."""
    first, second = estimate(one, weights), estimate(other, weights)
    apart = estimate({task: other[task] - one[task] for task in one}, weights)
    if first is None or second is None or apart is None:
        return None
    return ComparedLoss(first.value, second.value, apart)


def _on_common_items(
    one: Mapping[str, TaskPairs], other: Mapping[str, TaskPairs]
) -> tuple[Matrices, Matrices]:
    """The differences original minus treated of both, a row a question that both have; NaN in the
    cells that one of them lacks."""
    firsts, seconds = {}, {}
    for task in in_task_order(set(one) & set(other)):
        rows = {question: row for row, question in enumerate(other[task].question_ids)}
        shared = [(row, rows[q]) for row, q in enumerate(one[task].question_ids) if q in rows]
        if not shared:
            continue
        left, right = (list(side) for side in zip(*shared, strict=True))
        first, second = one[task].difference[left], other[task].difference[right]
        missing = np.isnan(first) | np.isnan(second)
        if not missing.all():
            firsts[task] = np.where(missing, np.nan, first)
            seconds[task] = np.where(missing, np.nan, second)
    return firsts, seconds


def _count(pairs: Mapping[str, TaskPairs]) -> int:
    return sum(int((~np.isnan(each.difference)).sum()) for each in pairs.values())


def _notes(first: ComparedRun, second: ComparedRun) -> Iterator[str]:
    """What may explain a difference besides the treated models."""
    if first.judge != second.judge:
        yield f"The judges differ: {first.judge} and {second.judge}."
    studies = first.record.study, second.record.study
    for where, one, other in differences(
        studies[0].sampling.model_dump(), studies[1].sampling.model_dump()
    ):
        yield f"The sampling differs: {where} is {one} and {other}."
    epochs = [side.record.selection.epochs for side in (first, second)]
    if epochs[0] != epochs[1]:
        yield f"The runs asked each item {epochs[0]} and {epochs[1]} times."
    if studies[0].original != studies[1].original:
        yield f"The originals differ: {studies[0].original.model} and {studies[1].original.model}."
    for side in (first, second):
        if side.unanswered:
            yield f"{side.path} is incomplete: {side.unanswered:,} requests unanswered."
