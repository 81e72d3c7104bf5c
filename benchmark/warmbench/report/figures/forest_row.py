"""Forest rows: what the forest plot lists, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.conditions import Context
from warmbench.report.measure import Loss, Measure
from warmbench.report.wording import label

__all__ = ["ForestRow", "forest_rows"]


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One line of the plot. ``place`` counts down from the top; a heading has no loss."""

    name: str
    place: float
    loss: Loss | None = None
    heading: bool = False
    whole: bool = False


def forest_rows(score: Mapping[str, Any]) -> list[ForestRow]:
    """The headline, the contexts of the paper, the control apart, and the tasks."""
    contexts = dict(score["contexts"])
    control = contexts.pop(Context.NEUTRAL.value, None)
    rows = [ForestRow("Headline", 0.0, Measure.of(score["headline"]).loss, whole=True)]
    rows += _block("By context", contexts, rows[-1].place + 1.4)
    if control is not None:
        place = rows[-1].place + 1.4
        name = label(Context.NEUTRAL)
        rows.append(ForestRow(name, place, Measure.of(control).loss))
    rows += _block("By task", score["tasks"], rows[-1].place + 1.4)
    return rows


def _block(title: str, measures: Mapping[str, Any], place: float) -> list[ForestRow]:
    if not measures:
        return []
    lines = [
        ForestRow(label(name), place + number, Measure.of(found).loss)
        for number, (name, found) in enumerate(measures.items(), start=1)
    ]
    return [ForestRow(title, place, heading=True), *lines]
