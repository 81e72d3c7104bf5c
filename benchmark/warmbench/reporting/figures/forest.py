"""The forest: the loss overall, by context and by task, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from warmbench.conditions import Context
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore, Measure
from warmbench.reporting.figures.theme import LIGHT, corner
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import NO_VALUE, label, loss_text, signed

__all__ = ["forest_sentence", "loss_forest"]

_ROW = 30
"""Height of a row in pixels."""


def loss_forest(score: ArmScore) -> go.Figure:
    """The loss overall, by context and by task, each with its 95 % interval and the zero line.
    Filled markers: the interval leaves out zero."""
    rows = _rows(score)
    measured = [row for row in rows if row.loss]
    height = 70 + _ROW * round(rows[-1].place + 1)
    figure = go.Figure(layout=go.Layout(template=LIGHT, height=height, dragmode=False))
    figure.add_trace(_trace(measured))
    low, high = _range(measured)
    figure.update_xaxes(
        title_text="loss in points of accuracy", range=[low, high], zeroline=True, zerolinewidth=2
    )
    figure.update_yaxes(
        tickvals=[row.place for row in rows],
        ticktext=[_label(row) for row in rows],
        range=[rows[-1].place + 0.7, -0.7],
        showgrid=False,
    )
    figure.update_layout(
        margin={"l": 8, "r": 56, "t": 28, "b": 8},
        annotations=[
            corner("← gain", 0.0, 1.0, "left", "bottom"),
            corner("loss →", 1.0, 1.0, "right", "bottom"),
            *(_value(row) for row in rows if not row.heading),
        ],
    )
    return figure


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the plot. ``place`` counts down from the top; a heading has no loss."""

    name: str
    place: float
    loss: Estimate | None = None
    heading: bool = False
    whole: bool = False


def _rows(score: ArmScore) -> list[_Row]:
    """The headline, the contexts of the paper, the control apart, and the tasks."""
    contexts = dict(score.contexts)
    control = contexts.pop(Context.NEUTRAL.value, None)
    rows = [_Row("Headline", 0.0, score.headline.loss, whole=True)]
    rows += _block("By context", contexts, rows[-1].place + 1.4)
    if control is not None:
        place = rows[-1].place + 1.4
        name = label(Context.NEUTRAL)
        rows.append(_Row(name, place, control.loss))
    rows += _block("By task", score.tasks, rows[-1].place + 1.4)
    return rows


def _block(title: str, measures: Mapping[str, Measure], place: float) -> list[_Row]:
    if not measures:
        return []
    lines = [
        _Row(label(name), place + number, found.loss)
        for number, (name, found) in enumerate(measures.items(), start=1)
    ]
    return [_Row(title, place, heading=True), *lines]


def _trace(rows: Sequence[_Row]) -> go.Scatter:
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
            "symbol": [_symbol(row) for row in rows],
            "line": {"width": [0 if _apart(row.loss) else 2 for row in rows]},
        },
        hovertext=[f"{plot_text(row.name)}<br>loss {loss_text(row.loss)}" for row in rows],
        hoverinfo="text",
        showlegend=False,
    )


def _arm_length(far: float | None, near: float | None) -> float:
    return 0.0 if far is None or near is None else far - near


def _symbol(row: _Row) -> str:
    symbol = "diamond" if row.whole else "circle"
    return symbol if _apart(row.loss) else f"{symbol}-open"


def _apart(loss: Estimate | None) -> bool:
    """Whether the interval leaves out zero."""
    return loss is not None and (loss.above_zero or loss.below_zero)


def _label(row: _Row) -> str:
    name = plot_text(row.name)
    return f"<b>{name}</b>" if row.heading or row.whole else name


def _value(row: _Row) -> dict[str, Any]:
    text = signed(row.loss.value) if row.loss else NO_VALUE
    bold = f"<b>{text}</b>" if row.whole else text
    place = corner(bold, 1.0, row.place, "left", "middle")
    return {**place, "yref": "y", "xshift": 8}


def _range(rows: Sequence[_Row]) -> tuple[float, float]:
    """Around all intervals and zero, with a twentieth of room on both sides."""
    values = [0.0]
    for row in rows:
        if row.loss:
            ends = (row.loss.value, row.loss.low, row.loss.high)
            values += [end for end in ends if end is not None]
    room = max(1.0, 0.05 * (max(values) - min(values)))
    return min(values) - room, max(values) + room


def forest_sentence(score: ArmScore) -> str:
    """What the forest plot shows: how many intervals leave out zero, and on which side."""
    losses = [row.loss for row in _rows(score) if row.loss and not row.whole]
    headline = score.headline.loss
    if not losses:
        return "Nothing was measured."
    lost = sum(loss.above_zero for loss in losses)
    won = sum(loss.below_zero for loss in losses)
    return (
        f"Headline loss in points: {loss_text(headline)}. Of the {len(losses)} losses by context "
        f"and by task, the interval is wholly above zero in {lost} and wholly below in {won}."
    )
