"""Scores: what an entry measured, as the report's pictures read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warmbench.conditions import Belief
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import CellScore, Measure
from warmbench_leaderboard.index.board import Cell, Details, Pair

__all__ = ["cells_of", "measures_of"]

_BOTH_WORDINGS = "present"


def cells_of(details: Details) -> list[CellScore]:
    """Where a cell is there for "present" (both wordings together), its wordings are left out."""
    return [
        CellScore(
            task=cell.task,
            context=cell.context,
            belief=cell.belief,
            **dict(_measure(cell.pair)),
        )
        for cell in _without_wordings(details.cells)
    ]


def measures_of(details: Details) -> dict[str, dict[str, Measure]]:
    """Task -> context -> what was measured there."""
    return {
        task: {context: _measure(pair) for context, pair in pairs.items()}
        for task, pairs in details.contexts_by_task.items()
    }


def _without_wordings(cells: Sequence[Cell]) -> Iterator[Cell]:
    joined = {(cell.task, cell.context) for cell in cells if cell.belief == _BOTH_WORDINGS}
    for cell in cells:
        single = cell.belief not in (_BOTH_WORDINGS, Belief.NONE)
        if not (single and (cell.task, cell.context) in joined):
            yield cell


def _measure(pair: Pair) -> Measure:
    loss = pair.loss
    return Measure(
        loss=Estimate(loss.value, loss.low, loss.high),
        original_accuracy=Estimate(pair.original_accuracy),
        treated_accuracy=Estimate(pair.treated_accuracy),
    )
