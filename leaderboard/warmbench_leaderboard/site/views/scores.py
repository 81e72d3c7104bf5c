"""Scores: an entry in the shape of a scorecard, so that the report's pictures can draw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warmbench.conditions import Belief
from warmbench_leaderboard.index.board import Cell, Details, Entry, Pair

__all__ = ["score_of"]

Json = dict[str, Any]

_BOTH_WORDINGS = "present"


def score_of(entry: Entry, details: Details) -> Json:
    """What ``warmbench.report.figures.study`` reads of one treated arm: cells, tasks, contexts.

    Where a cell is there for "present" (both wordings together), its wordings are left out.
    """
    return {
        "arm": entry.arm,
        "headline": _measure(entry.headline),
        "tasks": _measures(entry.tasks),
        "contexts": _measures(entry.contexts),
        "contexts_by_task": {
            task: _measures(pairs) for task, pairs in details.contexts_by_task.items()
        },
        "cells": [_cell(cell) for cell in _without_wordings(details.cells)],
    }


def _without_wordings(cells: Sequence[Cell]) -> Iterator[Cell]:
    joined = {(cell.task, cell.context) for cell in cells if cell.belief == _BOTH_WORDINGS}
    for cell in cells:
        single = cell.belief not in (_BOTH_WORDINGS, Belief.NONE)
        if not (single and (cell.task, cell.context) in joined):
            yield cell


def _measures(pairs: Mapping[str, Pair]) -> Json:
    return {name: _measure(pair) for name, pair in pairs.items()}


def _measure(pair: Pair) -> Json:
    return {
        "loss": pair.loss.model_dump(),
        "original_accuracy": pair.original_accuracy,
        "treated_accuracy": pair.treated_accuracy,
        "retention": None,
        "relative_error_rise": None,
    }


def _cell(cell: Cell) -> Json:
    return {
        "task": cell.task,
        "context": cell.context,
        "belief": cell.belief,
        **_measure(cell.pair),
    }
