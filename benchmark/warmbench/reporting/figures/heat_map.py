"""The heat map: the loss in each context and task, written into its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from warmbench.conditions import HEADLINE_CONTEXTS, Context
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import Measure
from warmbench.reporting.figures.theme import LIGHT
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import (
    NOT_MEASURED,
    interval,
    label,
    loss_text,
    short_label,
    signed,
)

__all__ = ["heat_map_sentence", "loss_heat_map"]

_CELL = 48
"""Height of a cell in pixels: three lines of text."""

Losses = Mapping[str, Mapping[str, Measure]]
"""Task -> context -> what was measured there."""


def loss_heat_map(measures: Losses) -> go.Figure:
    """The loss in each context (rows) and task (columns), written into its cell with its
    interval. ``neutral``, the control, stands apart at the bottom."""
    tasks = list(measures)
    contexts_asked = {context for found in measures.values() for context in found}
    rows = [context.value for context in HEADLINE_CONTEXTS if context in contexts_asked]
    control = [Context.NEUTRAL.value] if Context.NEUTRAL in contexts_asked else []
    losses = {(c, t): _cell_loss(measures, t, c) for c in [*rows, *control] for t in tasks}
    reach = max([5.0, *(abs(loss.value) for loss in losses.values() if loss)])
    figure = go.Figure(
        layout=go.Layout(
            template=LIGHT, height=50 + _CELL * (len(rows) + len(control)), dragmode=False
        )
    )
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


def _cell_loss(measures: Losses, task: str, context: str) -> Estimate | None:
    found = measures[task].get(context)
    return found.loss if found else None


def _heat_trace(
    contexts: Sequence[str],
    tasks: Sequence[str],
    losses: Mapping[tuple[str, str], Estimate | None],
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


def _cell_text(loss: Estimate | None) -> str:
    if loss is None:
        return ""
    value = f"<b>{signed(loss.value)}</b>"
    return value if loss.low is None else f"{value}<br>{interval(loss)}"


def _heat_hover(context: str, task: str, loss: Estimate | None) -> str:
    where = f"{plot_text(label(context))}, {plot_text(label(task))}"
    return f"{where}<br>loss {loss_text(loss)}"


def _gap(x: float, y: float) -> dict[str, Any]:
    return {"text": f"<i>{NOT_MEASURED}</i>", "x": x, "y": y, "showarrow": False}


def heat_map_sentence(measures: Losses) -> str:
    """What the heat map shows: the range of its cells."""
    cells = [
        (loss, f"{label(context).lower()} in {label(task)}")
        for task, contexts in measures.items()
        for context, found in contexts.items()
        if (loss := found.loss)
    ]
    if not cells:
        return "Nothing was measured."
    worst = max(cells, key=lambda cell: cell[0].value)
    best = min(cells, key=lambda cell: cell[0].value)
    apart = sum(loss.above_zero for loss, _ in cells)
    return (
        f"In {apart} of {len(cells)} cells the interval shows a loss. "
        f"Largest: {worst[1]}, {loss_text(worst[0])}; smallest: {best[1]}, {loss_text(best[0])}."
    )
