"""Dose and response: loss and gain in warmth over the epochs of tuning of one entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from warmbench.report.figures.theme import LIGHT
from warmbench_leaderboard.index.board import DosePoint, Figure

__all__ = ["dose_response"]


def dose_response(points: Sequence[DosePoint]) -> go.Figure:
    """Two panels over one x axis: above the loss in points, below the gain in warmth (not drawn
    where nobody measured it). Both start at the original: epoch 0, no loss, no gain."""
    figure = go.Figure(layout=go.Layout(template=LIGHT, height=460, dragmode=False))
    figure.add_trace(_trace([(p.epochs, p.loss) for p in points], "y", "loss", "circle"))
    gains = [(p.epochs, p.warmth_gain) for p in points if p.warmth_gain]
    figure.add_trace(_trace(gains, "y2", "warmth gain", "square"))
    figure.update_layout(
        xaxis={"title": {"text": "epochs of tuning (0: original)"}, "anchor": "y2"},
        yaxis=_axis("loss, points", [0.56, 1.0]),
        yaxis2=_axis("warmth gain", [0.0, 0.44]),
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        showlegend=False,
    )
    return figure


def _trace(points: Sequence[tuple[float, Figure]], axis: str, name: str, symbol: str) -> go.Scatter:
    origin = [0.0] if points else []
    figures = [figure for _, figure in points]
    return go.Scatter(
        name=name,
        x=[*origin, *(epochs for epochs, _ in points)],
        y=[*origin, *(figure.value for figure in figures)],
        yaxis=axis,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [*origin, *(_reach(f.value, f.high) for f in figures)],
            "arrayminus": [*origin, *(_reach(f.low, f.value) for f in figures)],
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


def _axis(title: str, domain: list[float]) -> dict[str, Any]:
    return {"title": {"text": title}, "domain": domain, "zeroline": True, "zerolinewidth": 2}
