"""The three pictures of a report, each a pure function of one treated arm's scores.

``score`` is always what ``score_arm`` gives: an entry of ``scorecard["treated"]``. The figures
carry no colours of their own: ``theme.LIGHT`` or ``theme.DARK`` is their template. No figure
passes text to plotly that is not escaped, and none uses templates on text from outside.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from warmbench.conditions import HEADLINE_CONTEXTS, Context
from warmbench.report.figures.error_point import ErrorPoint, context_group, error_points
from warmbench.report.figures.forest_row import ForestRow, forest_rows
from warmbench.report.figures.theme import LIGHT
from warmbench.report.measure import Loss, Measure
from warmbench.report.visible_text import plot_text
from warmbench.report.wording import (
    NO_VALUE,
    NOT_MEASURED,
    interval,
    label,
    loss_text,
    percent,
    short_label,
    signed,
)

__all__ = ["GROUP_SYMBOLS", "error_figure", "loss_forest", "loss_heat_map"]

Score = Mapping[str, Any]

GROUP_SYMBOLS = {
    "plain": "star",
    "control": "cross",
    "emotion": "circle",
    "relation": "square",
    "stakes": "diamond",
    "other": "triangle-up",
}
"""The marker of each group of contexts; open where no belief is stated, filled where one is."""

_ROW, _CELL = 30, 48
"""Heights in pixels: a row of the forest, and a cell of the heat map (three lines of text)."""


def error_figure(score: Score, task: str) -> go.Figure:
    """One task as in the paper's Fig. 2: a point a context and belief half, x the original
    arm's error and y the treated arm's, in percent. Above the diagonal the treated errs more."""
    points = error_points(score, task)
    low, high = _square_range(points)
    axis = {"range": [low, high], "dtick": _tick(high - low), "ticklabelstandoff": 8}
    arm = plot_text(score["arm"])
    figure = go.Figure(layout=_layout(430))
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
            {**_corner(f"↖ more errors when {arm}", 0.0, 1.0, "left", "bottom"), "yshift": 22},
            {**_corner(f"↘ fewer errors when {arm}", 0.0, 1.0, "left", "bottom"), "yshift": 6},
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


def _corner(text: str, x: float, y: float, xanchor: str, yanchor: str) -> dict[str, Any]:
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": xanchor,
        "yanchor": yanchor,
        "showarrow": False,
        "font": {"size": 12},
    }


def _outstanding(points: Sequence[ErrorPoint], low: float, high: float) -> list[dict[str, Any]]:
    """The name of the context with the largest rise, in each belief half; one name where both are
    one context at one place. Where nothing rises, nothing stands out."""
    halves = [[p for p in points if p.belief_stated is stated] for stated in (False, True)]
    worst = [max(half, key=lambda point: point.rise) for half in halves if half]
    named = list({(p.context, p.original, p.treated): p for p in worst if p.rise > 0.0}.values())
    near = len(named) == 2 and abs(named[0].treated - named[1].treated) < _NAME * (high - low)
    below = [near and point is min(named, key=lambda p: p.treated) for point in named]
    return [_name(point, low, high, below=flag) for point, flag in zip(named, below, strict=True)]


_NAME = 0.12
"""Of the height of a panel: what a name above or below its point takes up."""


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


def loss_heat_map(score: Score) -> go.Figure:
    """The loss in each context (rows) and task (columns), written into its cell with its
    interval. ``neutral``, the control, stands apart at the bottom."""
    tasks = list(score["contexts_by_task"])
    rows = _heat_rows(score)
    control = [Context.NEUTRAL.value] if Context.NEUTRAL in score["contexts"] else []
    losses = {(c, t): _cell_loss(score, t, c) for c in [*rows, *control] for t in tasks}
    reach = max([5.0, *(abs(loss.value) for loss in losses.values() if loss)])
    figure = go.Figure(layout=_layout(50 + _CELL * (len(rows) + len(control))))
    centres: list[float] = []
    for contexts, top in ((rows, 0.0), (control, len(rows) + 0.35)):
        if contexts and tasks:
            figure.add_trace(_heat_trace(contexts, tasks, losses, top, reach))
        centres += [top + i + 0.5 for i in range(len(contexts))]
    figure.update_xaxes(
        tickvals=list(range(len(tasks))),
        ticktext=[plot_text(short_label(task)) for task in tasks],
        side="top",
        showgrid=False,
        range=[-0.5, max(len(tasks), 1) - 0.5],
    )
    figure.update_yaxes(
        tickvals=centres,
        ticktext=[plot_text(label(c)).replace(" (", "<br>(") for c in [*rows, *control]],
        range=[(centres[-1] if centres else 0.5) + 0.55, -0.05],
        showgrid=False,
    )
    missing = [cell for cell, loss in losses.items() if loss is None]
    places = dict(zip([*rows, *control], centres, strict=True))
    figure.update_layout(
        margin={"l": 8, "r": 4, "t": 8, "b": 8},
        annotations=[_gap(tasks.index(task), places[context]) for context, task in missing],
    )
    return figure


def _heat_rows(score: Score) -> list[str]:
    ours = [c.value for c in HEADLINE_CONTEXTS]
    return [context for context in score["contexts"] if context in ours]


def _cell_loss(score: Score, task: str, context: str) -> Loss | None:
    return Measure.of(score["contexts_by_task"][task].get(context)).loss


def _heat_trace(
    contexts: Sequence[str],
    tasks: Sequence[str],
    losses: Mapping[tuple[str, str], Loss | None],
    top: float,
    reach: float,
) -> go.Heatmap:
    grid = [[losses[context, task] for task in tasks] for context in contexts]
    return go.Heatmap(
        z=[[loss.value if loss else None for loss in row] for row in grid],
        x=list(range(len(tasks))),
        y=[top + i for i in range(len(contexts) + 1)],
        zmin=-reach,
        zmax=reach,
        showscale=False,
        xgap=3,
        ygap=3,
        text=[[_cell_text(loss) for loss in row] for row in grid],
        texttemplate="%{text}",
        textfont={"size": 12},
        hovertext=[
            [_heat_hover(context, task, losses[context, task]) for task in tasks]
            for context in contexts
        ],
        hoverinfo="text",
    )


def _cell_text(loss: Loss | None) -> str:
    if loss is None:
        return ""
    value = f"<b>{signed(loss.value)}</b>"
    return value if loss.low is None else f"{value}<br>{interval(loss)}"


def _heat_hover(context: str, task: str, loss: Loss | None) -> str:
    where = f"{plot_text(label(context))}, {plot_text(label(task))}"
    return f"{where}<br>loss {loss_text(loss)}"


def _gap(x: float, y: float) -> dict[str, Any]:
    return {"text": f"<i>{NOT_MEASURED}</i>", "x": x, "y": y, "showarrow": False}


def loss_forest(score: Score) -> go.Figure:
    """The loss overall, by context and by task, each with its 95 % interval and the zero line.
    Filled markers: the interval leaves out zero."""
    rows = forest_rows(score)
    measured = [row for row in rows if row.loss]
    figure = go.Figure(layout=_layout(70 + _ROW * round(rows[-1].place + 1)))
    figure.add_trace(_forest_trace(measured))
    low, high = _forest_range(measured)
    figure.update_xaxes(
        title_text="loss in points of accuracy", range=[low, high], zeroline=True, zerolinewidth=2
    )
    figure.update_yaxes(
        tickvals=[row.place for row in rows],
        ticktext=[_forest_label(row) for row in rows],
        range=[rows[-1].place + 0.7, -0.7],
        showgrid=False,
    )
    figure.update_layout(
        margin={"l": 8, "r": 56, "t": 28, "b": 8},
        annotations=[
            _corner("← gain", 0.0, 1.0, "left", "bottom"),
            _corner("loss →", 1.0, 1.0, "right", "bottom"),
            *(_forest_value(row) for row in rows if not row.heading),
        ],
    )
    return figure


def _forest_trace(rows: Sequence[ForestRow]) -> go.Scatter:
    losses = [row.loss for row in rows if row.loss]
    return go.Scatter(
        x=[loss.value for loss in losses],
        y=[row.place for row in rows],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_arm_length(loss.high, loss.value) for loss in losses],
            "arrayminus": [_arm_length(loss.value, loss.low) for loss in losses],
            "thickness": 2,
            "width": 4,
        },
        mode="markers",
        marker={
            "size": [15 if row.whole else 11 for row in rows],
            "symbol": [_forest_symbol(row) for row in rows],
            "line": {"width": [0 if _apart(row.loss) else 2 for row in rows]},
        },
        hovertext=[f"{plot_text(row.name)}<br>loss {loss_text(row.loss)}" for row in rows],
        hoverinfo="text",
        showlegend=False,
    )


def _arm_length(far: float | None, near: float | None) -> float:
    return 0.0 if far is None or near is None else far - near


def _forest_symbol(row: ForestRow) -> str:
    symbol = "diamond" if row.whole else "circle"
    return symbol if _apart(row.loss) else f"{symbol}-open"


def _apart(loss: Loss | None) -> bool:
    """Whether the interval leaves out zero."""
    return loss is not None and (loss.above_zero or loss.below_zero)


def _forest_label(row: ForestRow) -> str:
    name = plot_text(row.name)
    return f"<b>{name}</b>" if row.heading or row.whole else name


def _forest_value(row: ForestRow) -> dict[str, Any]:
    text = signed(row.loss.value) if row.loss else NO_VALUE
    bold = f"<b>{text}</b>" if row.whole else text
    place = _corner(bold, 1.0, row.place, "left", "middle")
    return {**place, "yref": "y", "xshift": 8}


def _forest_range(rows: Sequence[ForestRow]) -> tuple[float, float]:
    """Around all intervals and zero, with a twentieth of room on both sides."""
    values = [0.0]
    for row in rows:
        if row.loss:
            ends = (row.loss.value, row.loss.low, row.loss.high)
            values += [end for end in ends if end is not None]
    room = max(1.0, 0.05 * (max(values) - min(values)))
    return min(values) - room, max(values) + room


def _layout(height: int) -> go.Layout:
    """Dragging is off so that a finger on a figure scrolls the page."""
    return go.Layout(template=LIGHT, height=height, dragmode=False)
