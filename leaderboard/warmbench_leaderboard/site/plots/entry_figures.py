"""Figures of one entry: errors by context, as in the paper's Fig. 2, and dose-response."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

from warmbench.records.estimate import Estimate
from warmbench.reporting.figures.error import GROUP_SYMBOLS, context_group
from warmbench.reporting.figures.theme import LIGHT
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import label, percent, short_label, signed
from warmbench_leaderboard.index.board import DosePoint, Entry, KnownMeasure

__all__ = ["context_errors", "dose_response", "shared_range"]


_HEIGHT = 330
_NEAR = 0.2
"""Of the width of a panel: so near a side that a name would run over the axis."""


def shared_range(entries: Iterable[Entry]) -> tuple[float, float]:
    """One range, in percent of answers wrong, for both axes of all the panels of a page."""
    errors = [
        error for entry in entries for pair in entry.contexts.values() for error in _errors_of(pair)
    ]
    if not errors:
        return 0.0, 100.0
    room = max(2.0, 0.08 * (max(errors) - min(errors)))
    return math.floor(min(errors) - room), math.ceil(max(errors) + room)


def context_errors(entry: Entry, ends: tuple[float, float]) -> go.Figure:
    """Original against treated error: above the dashed line the treated model errs more. The
    marker tells the group of the context, the two outermost contexts are named."""
    figure = go.Figure(layout=go.Layout(template=LIGHT, height=_HEIGHT, dragmode=False))
    figure.add_trace(_context_trace(entry))
    low, high = ends
    axis = {"range": [low, high], "nticks": 6}
    figure.update_xaxes(title_text="error of original, %", **axis)
    figure.update_yaxes(title_text=f"error when {plot_text(entry.arm)}, %", **axis)
    figure.update_layout(
        margin={"l": 52, "r": 8, "t": 8, "b": 48},
        showlegend=False,
        shapes=[_diagonal(low, high)],
        annotations=list(_named(entry, ends)),
    )
    return figure


def _errors_of(pair: KnownMeasure) -> tuple[float, float]:
    return 100.0 - pair.original_accuracy.value, 100.0 - pair.treated_accuracy.value


def _context_trace(entry: Entry) -> go.Scatter:
    points = [_errors_of(pair) for pair in entry.contexts.values()]
    return go.Scatter(
        x=[original for original, _ in points],
        y=[treated for _, treated in points],
        mode="markers",
        marker={
            "size": 12,
            "symbol": [GROUP_SYMBOLS[context_group(context)] for context in entry.contexts],
            "opacity": 0.85,
        },
        hovertext=[_hover(context, pair) for context, pair in entry.contexts.items()],
        hoverinfo="text",
        cliponaxis=False,
    )


def _hover(context: str, pair: KnownMeasure) -> str:
    original, treated = _errors_of(pair)
    return (
        f"{plot_text(label(context))}<br>error {percent(original)} → {percent(treated)} "
        f"({signed(treated - original)})"
    )


def _diagonal(low: float, high: float) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": low,
        "y0": low,
        "x1": high,
        "y1": high,
        "line": {"dash": "dash", "width": 1.5},
        "layer": "below",
    }


def _named(entry: Entry, ends: tuple[float, float]) -> Iterable[dict[str, Any]]:
    """The names of the contexts with the largest and the smallest loss; near a side of the panel
    they stand to the inside."""
    low, high = ends
    ranked = sorted(entry.contexts.items(), key=lambda item: item[1].loss.value)
    for (context, pair), above in ((ranked[0], False), (ranked[-1], True)) if ranked else ():
        original, treated = _errors_of(pair)
        aside = -10 if above else 10
        if min(original - low, high - original) < _NEAR * (high - low):
            aside = 30 if original - low < high - original else -30
        yield {
            "text": plot_text(short_label(context)),
            "x": original,
            "y": treated,
            "ax": aside,
            "ay": -24 if above else 24,
            "arrowwidth": 1,
            "arrowhead": 0,
            "standoff": 7,
            "font": {"size": 12},
        }


def dose_response(points: Sequence[DosePoint]) -> go.Figure:
    """Two panels over one x axis: above the loss in points, below the gain in warmth (not drawn
    where nobody measured it). Both start at the original: epoch 0, no loss, no gain."""
    figure = go.Figure(layout=go.Layout(template=LIGHT, height=460, dragmode=False))
    figure.add_trace(_dose_trace([(p.epochs, p.loss) for p in points], "y", "loss", "circle"))
    gains = [(p.epochs, p.warmth_gain) for p in points if p.warmth_gain]
    figure.add_trace(_dose_trace(gains, "y2", "warmth gain", "square"))
    figure.update_layout(
        xaxis={"title": {"text": "epochs of tuning (0: original)"}, "anchor": "y2"},
        yaxis=_dose_axis("loss, points", [0.56, 1.0]),
        yaxis2=_dose_axis("warmth gain", [0.0, 0.44]),
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        showlegend=False,
    )
    return figure


def _dose_trace(
    points: Sequence[tuple[float, Estimate]], axis: str, name: str, symbol: str
) -> go.Scatter:
    origin = [0.0] if points else []
    estimates = [estimate for _, estimate in points]
    return go.Scatter(
        name=name,
        x=[*origin, *(epochs for epochs, _ in points)],
        y=[*origin, *(each.value for each in estimates)],
        yaxis=axis,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [*origin, *(_reach(each.value, each.high) for each in estimates)],
            "arrayminus": [*origin, *(_reach(each.low, each.value) for each in estimates)],
            "thickness": 1.5,
            "width": 3,
        },
        mode="lines+markers",
        line={"dash": "solid" if axis == "y" else "dash", "width": 2},
        marker={"size": 9, "symbol": symbol},
        hoverinfo="x+y",
    )


def _reach(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else high - low


def _dose_axis(title: str, domain: list[float]) -> dict[str, Any]:
    return {"title": {"text": title}, "domain": domain, "zeroline": True, "zerolinewidth": 2}
