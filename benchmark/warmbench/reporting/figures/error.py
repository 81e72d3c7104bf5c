"""The error figure: errors of both models in one task, a point a context (the paper's Fig. 2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from warmbench.conditions import CONTEXT_GROUPS, Belief, Context
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import CellScore
from warmbench.reporting.figures.theme import LIGHT, corner
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import label, percent, short_label, signed

__all__ = [
    "GROUP_SYMBOLS",
    "ErrorPoint",
    "context_group",
    "error_figure",
    "error_points",
    "error_sentence",
]

GROUP_SYMBOLS = {
    "plain": "star",
    "control": "cross",
    "emotion": "circle",
    "relation": "square",
    "stakes": "diamond",
    "other": "triangle-up",
}
"""The marker of each group of contexts; open where no belief is stated, filled where one is."""

_GROUP_OF = {context: group for group, members in CONTEXT_GROUPS.items() for context in members}

_NAME = 0.12
"""Of the height of a panel: what a name above or below its point takes up."""


@dataclass(frozen=True, slots=True)
class ErrorPoint:
    """Error rates in percent; ``belief_stated`` says in which half of the design they are."""

    context: str
    belief_stated: bool
    original: float
    treated: float

    @property
    def rise(self) -> float:
        """Treated minus original error in points: the loss of this context."""
        return self.treated - self.original


def context_group(context: str) -> str:
    """The group that a context belongs to; ``other`` for one that is not ours."""
    return _GROUP_OF[Context(context)] if context in _GROUP_OF else "other"


def error_points(cells: Iterable[CellScore], task: str) -> list[ErrorPoint]:
    """The points of one task, in the order of its cells. The two wordings of a wrong belief weigh
    alike."""
    halves: dict[tuple[str, bool], list[CellScore]] = {}
    for cell in cells:
        if cell.task == task:
            half = (cell.context, cell.belief != Belief.NONE)
            halves.setdefault(half, []).append(cell)
    return [
        ErrorPoint(context, belief_stated, original, treated)
        for (context, belief_stated), half_cells in halves.items()
        if (original := _mean_error([cell.original_accuracy for cell in half_cells])) is not None
        and (treated := _mean_error([cell.treated_accuracy for cell in half_cells])) is not None
    ]


def _mean_error(accuracies: Sequence[Estimate | None]) -> float | None:
    known = [accuracy.value for accuracy in accuracies if accuracy is not None]
    return 100.0 - sum(known) / len(known) if known else None


def error_figure(cells: Iterable[CellScore], task: str, arm: str) -> go.Figure:
    """A point a context and belief half of one task: x is the error of the original, y that of
    ``arm``, in percent. Above the diagonal the treated model makes more errors."""
    points = error_points(cells, task)
    low, high = _square_range(points)
    axis = {"range": [low, high], "dtick": _tick(high - low), "ticklabelstandoff": 8}
    arm = plot_text(arm)
    figure = go.Figure(layout=go.Layout(template=LIGHT, height=430, dragmode=False))
    for belief_stated, name in ((False, "no belief stated"), (True, "wrong belief stated")):
        half = [point for point in points if point.belief_stated is belief_stated]
        figure.add_trace(_error_trace(half, name))
    figure.update_xaxes(title_text="error of original, %", **axis)
    figure.update_yaxes(title_text=f"error of {arm}, %", **axis)
    figure.update_layout(
        margin={"l": 60, "r": 16, "t": 48, "b": 56},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        shapes=_diagonal(low, high),
        annotations=[
            {**corner(f"↖ more errors when {arm}", 0.0, 1.0, "left", "bottom"), "yshift": 22},
            {**corner(f"↘ fewer errors when {arm}", 0.0, 1.0, "left", "bottom"), "yshift": 6},
            *_outstanding(points, low, high),
        ],
    )
    return figure


def _error_trace(points: Sequence[ErrorPoint], name: str) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=[point.original for point in points],
        y=[point.treated for point in points],
        mode="markers",
        marker={
            "size": 12,
            "symbol": [_symbol(point) for point in points],
            "line": {"width": [0 if point.belief_stated else 2 for point in points]},
            "opacity": 0.85,
        },
        hovertext=[_error_hover(point) for point in points],
        hoverinfo="text",
        cliponaxis=False,
    )


def _symbol(point: ErrorPoint) -> str:
    symbol = GROUP_SYMBOLS[context_group(point.context)]
    return symbol if point.belief_stated else f"{symbol}-open"


def _error_hover(point: ErrorPoint) -> str:
    belief = "wrong belief stated" if point.belief_stated else "no belief stated"
    return (
        f"{plot_text(label(point.context))}, {belief}<br>"
        f"error {percent(point.original)} → {percent(point.treated)} ({signed(point.rise)})"
    )


def _square_range(points: Iterable[ErrorPoint]) -> tuple[float, float]:
    """One range for both axes, with some room around the points; no error rate is outside 0 to
    100 %."""
    values = [value for point in points for value in (point.original, point.treated)]
    if not values:
        return 0.0, 100.0
    room = max(2.0, 0.2 * (max(values) - min(values)))
    return (
        float(max(0, math.floor(min(values) - room))),
        float(min(100, math.ceil(max(values) + room))),
    )


def _tick(span: float) -> float:
    """A round distance between ticks that puts four to eight of them on an axis."""
    return next((step for step in (1.0, 2.0, 5.0, 10.0) if span / step <= 8.0), 20.0)


def _diagonal(low: float, high: float) -> list[dict[str, Any]]:
    label_end = low + 0.93 * (high - low)
    return [
        {
            "type": "path",
            "path": f"M {low},{low} L {low},{high} L {high},{high} Z",
            "fillcolor": "rgba(226,120,40,0.10)",
            "line": {"width": 0},
            "layer": "below",
        },
        {
            "type": "line",
            "x0": low,
            "y0": low,
            "x1": high,
            "y1": high,
            "line": {"dash": "dash", "width": 1.5},
            "layer": "below",
        },
        {
            "type": "line",
            "x0": low,
            "y0": low,
            "x1": label_end,
            "y1": label_end,
            "line": {"width": 0},
            "label": {
                "text": "same error rate",
                "textposition": "end",
                "yanchor": "top",
                "font": {"size": 11},
            },
        },
    ]


def _outstanding(points: Sequence[ErrorPoint], low: float, high: float) -> list[dict[str, Any]]:
    """The name of the context with the largest rise, in each belief half; one name where both are
    one context at one place. Where nothing rises, nothing stands out."""
    halves = [[p for p in points if p.belief_stated is stated] for stated in (False, True)]
    worst = [max(half, key=lambda point: point.rise) for half in halves if half]
    named = list({(p.context, p.original, p.treated): p for p in worst if p.rise > 0.0}.values())
    near = len(named) == 2 and abs(named[0].treated - named[1].treated) < _NAME * (high - low)
    below = [near and point is min(named, key=lambda p: p.treated) for point in named]
    return [_name(point, low, high, below=flag) for point, flag in zip(named, below, strict=True)]


def _name(point: ErrorPoint, low: float, high: float, *, below: bool) -> dict[str, Any]:
    """Beside its point, to the middle of the panel, so that it stays inside."""
    is_left = point.original < low + 0.7 * (high - low)
    return {
        "text": plot_text(short_label(point.context)),
        "x": point.original,
        "y": point.treated,
        "ax": 10 if is_left else -10,
        "ay": 22 if below or point.treated > high - _NAME * (high - low) else -22,
        "xanchor": "left" if is_left else "right",
        "arrowwidth": 1,
        "arrowhead": 0,
        "standoff": 7,
        "font": {"size": 12},
    }


def error_sentence(cells: Iterable[CellScore], task: str, arm: str) -> str:
    """What the error figure of a task shows."""
    found = error_points(cells, task)
    if not found:
        return f"{label(task)}: nothing was measured."
    more = sum(point.rise > 0.0 for point in found)
    worst = max(found, key=lambda point: point.rise)
    return (
        f"{label(task)}: more errors when {arm} at {more} of {len(found)} points. "
        f"Largest rise: {_condition(worst)}, from {percent(worst.original)} "
        f"to {percent(worst.treated)} errors."
    )


def _condition(point: ErrorPoint) -> str:
    belief = "with a wrong belief stated" if point.belief_stated else "with no belief stated"
    return f"{label(point.context).lower()} {belief}"
