"""Compares two runs on the same release: whose loss is larger, question by question.

An estimate is the second run's loss minus the first's, on the items for which both have a pair of
verdicts; all rows of a question are one observation, as in a score. What makes the questions
hard or easy for both runs falls out of the difference, so that it is better known than the two
losses by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warmbench.conditions import Context
from warmbench.errors import DataError, UsageError
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.differences import differences
from warmbench.records.estimate import Estimate
from warmbench.records.run import RunRecord
from warmbench.records.scorecard import METRIC_VERSION, Scorecard
from warmbench.records.verdict import judges_of
from warmbench.run.folder import RunFolder
from warmbench.statistics.estimate import Weights, estimate
from warmbench.statistics.pairs import CELLS, TaskPairs, pair_verdicts, pairs_by_task
from warmbench.statistics.weights import (
    BELIEF_ABSENT,
    BELIEF_PRESENT,
    belief_weights,
    context_weights,
    headline_weights,
    minus,
)
from warmbench.tasks.registry import headline_tasks, in_task_order

__all__ = [
    "ComparedLoss",
    "ComparedRun",
    "Comparison",
    "compare_pairs",
    "compare_runs",
    "read_compared_run",
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


def read_compared_run(folder: RunFolder, arm: str) -> ComparedRun:
    """A run as ``compare_pairs`` takes it; judged by reference if nobody has judged it yet."""
    record, items, verdicts = folder.record(), folder.items(), verdicts_of(folder)
    used = ("original", arm)
    asked = record.items * record.selection.epochs * len(used)
    return ComparedRun(
        path=str(folder.path),
        record=record,
        metric_version=_metric_version(folder),
        judge=judges_of(verdicts),
        arm=arm,
        unanswered=asked - sum(verdict["arm"] in used for verdict in verdicts),
        pairs=pairs_by_task(pair_verdicts(items, verdicts, arm)),
    )


def _metric_version(folder: RunFolder) -> str:
    """The metric definition that a run was scored by; the installed one where it was not yet."""
    if not folder.scorecard_path.is_file():
        return METRIC_VERSION
    try:
        return Scorecard.read(folder.scorecard_path).metric_version
    except DataError as error:
        raise DataError(f"{error}; run `warmbench score {folder.path}`") from None


Matrices = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class ComparedLoss:
    """The losses of both runs on the items that both have, and the second minus the first."""

    first: float
    second: float
    difference: Estimate


@dataclass(frozen=True)
class Comparison:
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


def compare_runs(first: RunFolder, second: RunFolder, arm: str | None = None) -> Comparison:
    """The paired difference of two runs' losses.

    ``arm``: the treated arm of both; by default the warm one where both have it, else the first
    that both have. ``UsageError`` where the runs can't be compared: different releases or metric
    definitions, no arm or no item in common.
    """
    records = first.record(), second.record()
    _check_same_release(first, second, *records)
    name = _common_arm(first, second, *records, arm)
    sides = read_compared_run(first, name), read_compared_run(second, name)
    if sides[0].metric_version != sides[1].metric_version:
        raise UsageError(
            f"{first.path} was scored by metric definition {sides[0].metric_version} and "
            f"{second.path} by {sides[1].metric_version}: score both with one version of WarmBench"
        )
    return compare_pairs(*sides)


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


def _check_same_release(
    first: RunFolder, second: RunFolder, one: RunRecord, other: RunRecord
) -> None:
    if one.release.fingerprint == other.release.fingerprint:
        return
    names = [
        f"{r.name} {r.version or 'own questions'} (fingerprint {r.fingerprint[:12]})"
        for r in (one.release, other.release)
    ]
    raise UsageError(
        f"{first.path} asked {names[0]} and {second.path} {names[1]}: only runs on the same "
        "release can be compared"
    )


def _common_arm(
    first: RunFolder, second: RunFolder, one: RunRecord, other: RunRecord, arm: str | None
) -> str:
    names = [[each.name for each in record.study.treated] for record in (one, other)]
    common = [name for name in names[0] if name in names[1]]
    if arm is None and common:
        return "warm" if "warm" in common else common[0]
    if arm not in common:
        wanted = f"both have a treated arm {arm!r}" if arm else "both have the same treated arm"
        raise UsageError(
            f"{first.path} has {', '.join(names[0])} and {second.path} {', '.join(names[1])}: a "
            f"comparison needs that {wanted}"
        )
    return str(arm)


def _notes(first: ComparedRun, second: ComparedRun) -> Iterator[str]:
    """What may explain a difference beside the treated models."""
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
