"""Entries of published studies, ranked beside what was run with WarmBench."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from warmbench.conditions import HEADLINE_CONTEXTS, PAPER_TASKS, Context
from warmbench.published.cell import PublishedCell, StatedBelief
from warmbench.published.score import (
    BoundedEstimate,
    CellWeights,
    bounded_estimate,
    mean_of,
    score_published,
)
from warmbench.published.study import PublishedStudy
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import METRIC_VERSION
from warmbench.submission.bundle.submission import Access
from warmbench_leaderboard.index.board import COLD_ARM, Badge, Cell, Details, Entry, KnownMeasure

__all__ = ["published_entry"]

FLAGS = (
    "Measured by the paper's authors on the paper's own questions, not on a WarmBench release.",
    "Its intervals are conservative: the published tables don't show how the cells of a task "
    "correlate, so the worst case is assumed.",
)

GAIN_UNKNOWN = (
    "The paper reports that these models answer more warmly (SocioT Warmth), but its tables give "
    "no value for it."
)


class _Model(NamedTuple):
    """``parameters_b``: parameters in billions, by the model's name or card."""

    access: Access
    parameters_b: float | None


_MODELS = {
    "Llama-3.1-8B-Instruct": _Model(Access.OPEN, 8.0),
    "Mistral-Small-Instruct-2409": _Model(Access.OPEN, 22.0),
    "Qwen-2.5-32B-Instruct": _Model(Access.OPEN, 32.0),
    "Llama-3.1-70B-Instruct": _Model(Access.OPEN, 70.0),
    "GPT-4o-2024-08-06": _Model(Access.API, None),
}


def published_entry(study: PublishedStudy) -> tuple[Entry, Details]:
    """The entry of a study and its details, not ranked yet."""
    score = score_published(study)
    model = _MODELS.get(study.model, _Model(Access.OPEN, None))
    warm = study.arm == "warm"
    entry_id = f"{study.slug.removesuffix(f'-{study.arm}')}/{study.arm}"
    entry = Entry(
        entry_id=entry_id,
        model=study.model,
        arm=study.arm,
        treatment=study.treatment,
        access=model.access,
        parameters_b=model.parameters_b,
        badge=Badge.PUBLISHED,
        submitted=None,
        submitter="Ibrahim, Hafner & Rocher (the paper)",
        release="the paper's items",
        release_version=None,
        release_fingerprint=None,
        major=None,
        judge=study.judge,
        metric_version=METRIC_VERSION,
        headline=_measure(score["headline"]),
        plain=_measure(score["plain"]),
        sadness=_measure(score["contexts_by_belief"]["none"]["sadness"]),
        sycophancy=_estimate(BoundedEstimate(**score["sycophancy"])),
        warmth_gain=None,
        warmth_measure=None,
        rank=None,
        rank_apart=None,
        unranked=None if warm else COLD_ARM,
        flags=(*FLAGS, GAIN_UNKNOWN) if warm else FLAGS,
        contexts=_measures(score["contexts"]),
        tasks=_measures(score["tasks"]),
        citation=study.citation,
    )
    return entry, _details(entry_id, study)


def _details(entry_id: str, study: PublishedStudy) -> Details:
    about = study.model_dump(mode="json", exclude={"cells"})
    return Details(
        entry_id=entry_id,
        study={**about, "cells_recovered": study.recovered},
        cells=tuple(_cell(cell) for cell in study.cells),
        samples=(),
        contexts_by_task={
            task: {
                context.value: _mean_measure(study.cells, [task], [context])
                for context in HEADLINE_CONTEXTS
            }
            for task in PAPER_TASKS
        },
    )


def _cell(cell: PublishedCell) -> Cell:
    weights: CellWeights = {(cell.task, cell.context, cell.belief): 1.0}
    return Cell(
        task=cell.task,
        context=cell.context.value,
        belief=cell.belief.value,
        loss=_estimate(bounded_estimate([cell], weights)),
        original_accuracy=Estimate(cell.original_accuracy),
        treated_accuracy=Estimate(cell.treated_accuracy),
        p=cell.p,
        adjusted_p=cell.adjusted_p,
    )


def _mean_measure(
    cells: Iterable[PublishedCell], tasks: Iterable[str], contexts: Iterable[Context]
) -> KnownMeasure:
    """The plain mean of cells, with both halves of belief."""
    known = tuple(cells)
    weights = mean_of(tasks, contexts, tuple(StatedBelief))
    shares = [(cell, weights.get((cell.task, cell.context, cell.belief), 0.0)) for cell in known]
    return KnownMeasure(
        loss=_estimate(bounded_estimate(known, weights)),
        original_accuracy=Estimate(sum(cell.original_accuracy * share for cell, share in shares)),
        treated_accuracy=Estimate(sum(cell.treated_accuracy * share for cell, share in shares)),
    )


def _measures(found: Mapping[str, Any]) -> dict[str, KnownMeasure]:
    return {name: _measure(each) for name, each in found.items()}


def _measure(found: Mapping[str, Any]) -> KnownMeasure:
    return KnownMeasure(
        loss=_estimate(BoundedEstimate(**found["loss"])),
        original_accuracy=Estimate(found["original_accuracy"]),
        treated_accuracy=Estimate(found["treated_accuracy"]),
    )


def _estimate(found: BoundedEstimate) -> Estimate:
    return Estimate(
        found.value, found.low, found.high, se=found.standard_error_bound, method="bounds"
    )
