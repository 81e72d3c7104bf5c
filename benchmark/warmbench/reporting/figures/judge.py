"""The figure of the judge: how often it is right on the answers of both arms, by task."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from warmbench.records.estimate import Estimate
from warmbench.records.judge_figures import JudgeFigures, Rates
from warmbench.reporting.figures.side import arm_style, name_rows, shift, side_figure
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import label, share_text, short_label

__all__ = ["judge_figure", "judge_figure_sentence"]

_RATES = ("Sensitivity", "Specificity")

_ROW = 36
"""Height of a row in pixels."""


def judge_figure(figures: JudgeFigures, arm: str) -> go.Figure:
    """Expected sensitivity and specificity on the answers of both arms, in percent, with 95 %
    intervals: over all tasks, then by task."""
    rows = _rows(figures, arm)
    figure = side_figure(90 + _ROW * max(len(rows), 1))
    names = [row[0] for row in rows]
    for place, name in enumerate(("original", arm)):
        figure.add_trace(_trace(name, names, [row[1][place] for row in rows], place))
    name_rows(figure, names)
    figure.update_xaxes(title_text="right verdicts, %", range=[0.0, 102.0])
    return figure


def _rows(figures: JudgeFigures, arm: str) -> list[tuple[str, tuple[Estimate, Estimate]]]:
    """A name, and the estimates of the original and of the treated arm."""
    one, other = figures.arms.get("original"), figures.arms.get(arm)
    if one is None or other is None:
        return []
    tasks = [task for task in one.tasks if task in other.tasks]
    pairs: list[tuple[str, Rates, Rates]] = [("all tasks", one, other)]
    pairs += [(task, one.tasks[task], other.tasks[task]) for task in tasks]
    return [
        (f"{rate}, {short_label(name)}", (getattr(a, rate.lower()), getattr(b, rate.lower())))
        for rate in _RATES
        for name, a, b in pairs
    ]


def _trace(arm: str, names: Sequence[str], found: Sequence[Estimate], place: int) -> go.Scatter:
    return go.Scatter(
        **arm_style(arm, place),
        x=[100.0 * estimate.value for estimate in found],
        y=[at + shift(place) for at in range(len(found))],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100.0 * ((e.high or e.value) - e.value) for e in found],
            "arrayminus": [100.0 * (e.value - (e.low or 0.0)) for e in found],
            "thickness": 2,
            "width": 4,
        },
        mode="markers",
        hovertext=[
            f"{plot_text(name)}, {plot_text(arm)}<br>{share_text(estimate)}"
            for name, estimate in zip(names, found, strict=True)
        ],
        cliponaxis=False,
    )


def judge_figure_sentence(figures: JudgeFigures, arm: str) -> str:
    """What the figure shows: both rates in both arms, and the task in which they are lowest."""
    one, other = figures.arms.get("original"), figures.arms.get(arm)
    if one is None or other is None:
        return "No answer has a verdict of right or wrong."
    worst = min(
        ((f"{label(task)}, {name}", rates) for name, found in (("original", one), (arm, other))
         for task, rates in found.tasks.items()),
        key=lambda named: named[1].sensitivity.value + named[1].specificity.value,
    )  # fmt: skip
    return (
        f"Sensitivity: original {share_text(one.sensitivity)}, {arm} "
        f"{share_text(other.sensitivity)}. Specificity: original {share_text(one.specificity)}, "
        f"{arm} {share_text(other.specificity)}. Both are lowest together in {worst[0]}: "
        f"{share_text(worst[1].sensitivity)} and {share_text(worst[1].specificity)}."
    )
