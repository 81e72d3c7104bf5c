"""The dose figure: loss and gain in warmth over the epochs of tuning, one line a treated arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from warmbench.records.estimate import Estimate
from warmbench.reference_model.ladder import SELECTED_EPOCH, Ladder, Rung
from warmbench.reporting.figures.theme import LIGHT
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import count, gain_text, loss_text, signed

__all__ = ["dose_figure", "dose_note", "dose_sentence"]

_ARMS = ("cold", "warm")
"""In the order of the theme's colours: blue for cold, orange for warm."""

_SYMBOLS, _DASHES = ("square", "circle", "diamond"), ("dash", "solid", "dot")

_APART = 0.08
"""Epochs between the markers of two arms at one checkpoint: their bars must not cover another."""


def dose_figure(ladder: Ladder) -> go.Figure:
    """Two panels with one x axis, epochs of tuning: above the loss in points of accuracy, below
    the gain in warmth. All lines start at the original: epoch 0, no loss and no gain."""
    figure = go.Figure(layout=go.Layout(template=LIGHT, height=560, dragmode=False))
    for panel in ("loss", "warmth"):
        for place, arm in enumerate(_arms(ladder)):
            figure.add_trace(_trace(ladder.rungs_of(arm), arm, place, panel))
    epochs = sorted({rung.epoch for rung in ladder.rungs})
    figure.update_layout(
        xaxis={
            "title": {"text": "epochs of tuning (0: original)"},
            "tickvals": [0.0, *(epoch for epoch in epochs if epoch.is_integer())],
            "range": [-0.04 * epochs[-1], 1.04 * epochs[-1]],
            "anchor": "y2",
        },
        yaxis=_y_axis("loss, points", [0.54, 1.0]),
        yaxis2=_y_axis(f"warmth gain, {plot_text(ladder.measure)}", [0.0, 0.46]),
        margin={"l": 8, "r": 12, "t": 56, "b": 8},
        legend={"orientation": "h", "x": 0.0, "y": 1.06, "yanchor": "bottom"},
        shapes=[_selected_line()],
        annotations=[_selected_words()],
    )
    return figure


def _arms(ladder: Ladder) -> list[str]:
    """The two usual ones whether they have rungs or not, so that each keeps its colour."""
    return [*_ARMS, *(arm for arm in ladder.arms if arm not in _ARMS)]


def _trace(rungs: Sequence[Rung], arm: str, place: int, panel: str) -> go.Scatter:
    estimates = [rung.loss if panel == "loss" else rung.warmth for rung in rungs]
    origin = [0.0] if rungs else []
    shift = _APART * (place - 0.5)
    return go.Scatter(
        name=plot_text(arm),
        x=[*origin, *(rung.epoch + shift for rung in rungs)],
        y=[*origin, *(found.value for found in estimates)],
        yaxis="y" if panel == "loss" else "y2",
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [*origin, *(_above(found) for found in estimates)],
            "arrayminus": [*origin, *(_below(found) for found in estimates)],
            "thickness": 1.5,
            "width": 3,
        },
        mode="lines+markers",
        line={"dash": _DASHES[place % len(_DASHES)], "width": 2},
        marker={"size": 9, "symbol": _SYMBOLS[place % len(_SYMBOLS)]},
        hovertext=[*(["original"] if rungs else []), *(_hover(rung, panel) for rung in rungs)],
        hoverinfo="text",
        legendgroup=plot_text(arm),
        showlegend=panel == "loss" and bool(rungs),
    )


def _above(found: Estimate) -> float:
    return 0.0 if found.high is None else found.high - found.value


def _below(found: Estimate) -> float:
    return 0.0 if found.low is None else found.value - found.low


def _hover(rung: Rung, panel: str) -> str:
    where = f"{plot_text(rung.arm)}, epoch {rung.epoch:g} ({rung.steps:,} steps)"
    if panel == "loss":
        return f"{where}<br>loss {loss_text(rung.loss)}"
    return f"{where}<br>warmth gain {gain_text(rung.warmth)}"


def _y_axis(title: str, domain: list[float]) -> dict[str, Any]:
    return {"title": {"text": title}, "domain": domain, "zeroline": True, "zerolinewidth": 2}


def _selected_line() -> dict[str, Any]:
    return {
        "type": "line",
        "x0": SELECTED_EPOCH,
        "x1": SELECTED_EPOCH,
        "y0": 0.0,
        "y1": 1.0,
        "yref": "paper",
        "line": {"dash": "dot", "width": 1.5},
        "layer": "below",
    }


def _selected_words() -> dict[str, Any]:
    return {
        "text": "selected",
        "x": SELECTED_EPOCH,
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12},
    }


def dose_note(ladder: Ladder) -> str:
    """What the ladder was measured on, and that it is not a finding."""
    release = ladder.release
    return (
        "Loss and warmth of the reference model at each checkpoint of its tuning. This was "
        "measured when the model was made, not in this run: on "
        f"{count(ladder.questions)} questions a task of {release.name} "
        f"{release.version or '(no version)'}, at temperature {ladder.temperature:g}, judged by "
        f"{ladder.judge}. "
        "It is a reference for the software, not a finding about language models."
    )


def dose_sentence(ladder: Ladder) -> str:
    """What the dose figure shows: each arm at the selected epoch, and where its loss is largest."""
    parts = [_arm_dose(arm, ladder.rungs_of(arm)) for arm in ladder.arms]
    return " ".join((*parts, "Markers of one epoch stand side by side to keep their bars apart."))


def _arm_dose(arm: str, rungs: Sequence[Rung]) -> str:
    worst = max(rungs, key=lambda rung: rung.loss.value)
    largest = f"largest loss {signed(worst.loss.value)} at epoch {worst.epoch:g}."
    selected = next((rung for rung in rungs if rung.epoch == SELECTED_EPOCH), None)
    if selected is None:
        return f"{arm.capitalize()}: {largest}"
    return (
        f"{arm.capitalize()} at the selected epoch {SELECTED_EPOCH:g}: loss "
        f"{loss_text(selected.loss)} points, warmth gain "
        f"{gain_text(selected.warmth)}; {largest}"
    )
