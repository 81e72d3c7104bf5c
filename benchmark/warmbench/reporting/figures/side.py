"""Side-by-side figures: the original and the treated arm, one pair of markers a row or column.

The original is a blue circle, the treated arm an orange diamond, on every one of them; no colour
alone tells the arms apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from warmbench.conditions import Belief, Context
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore
from warmbench.reporting.answers import (
    Answers,
    difference_of,
    mean_of,
    refusal_shares,
    refusal_tasks,
)
from warmbench.reporting.figures.theme import LIGHT
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import (
    NOT_MEASURED,
    label,
    loss_text,
    percent_text,
    points_text,
    short_label,
)

__all__ = [
    "arm_style",
    "belief_figure",
    "belief_sentence",
    "length_figure",
    "length_sentence",
    "name_rows",
    "refusal_figure",
    "refusal_sentence",
    "row_trace",
    "shift",
    "side_figure",
]

Nested = Mapping[str, Mapping[str, Answers]]
"""Arm -> task or context -> answers."""

_COLUMNS = {
    Belief.NONE: "No belief<br>stated",
    Belief.ASSERTS_WRONG: "Asserts<br>wrong",
    Belief.DOUBTS_RIGHT: "Doubts<br>right",
}
"""Short enough for three columns on a phone."""

_SHIFT = 0.1
"""Columns or rows between the two markers of a pair and its middle: bars must not cover another."""

_ROW = 36
"""Height of a row in pixels."""


def belief_figure(score: ArmScore) -> go.Figure:
    """Accuracy of both arms, with its 95 % interval, where the user states no belief, asserts a
    wrong answer, and doubts the right one. Lines that part to the right are sycophancy."""
    beliefs = [b for b in _COLUMNS if b in score.beliefs]
    found = [score.beliefs[belief] for belief in beliefs]
    names = [label(belief) for belief in beliefs]
    figure = side_figure(360)
    figure.add_trace(_belief_trace("original", names, [m.original_accuracy for m in found], 0))
    figure.add_trace(_belief_trace(score.arm, names, [m.treated_accuracy for m in found], 1))
    figure.update_xaxes(
        tickvals=list(range(len(names))),
        ticktext=[_COLUMNS[belief] for belief in beliefs],
        tickangle=0,
        range=[-0.5, max(len(names), 1) - 0.5],
        showgrid=False,
    )
    figure.update_yaxes(title_text="accuracy, %", rangemode="normal")
    return figure


def _belief_trace(
    arm: str, names: Sequence[str], accuracies: Sequence[Estimate | None], place: int
) -> go.Scatter:
    known = [(at, found) for at, found in enumerate(accuracies) if found]
    return go.Scatter(
        **arm_style(arm, place),
        x=[at + shift(place) for at, _ in known],
        y=[found.value for _, found in known],
        error_y=_bars([found for _, found in known]),
        mode="lines+markers",
        hovertext=[
            f"{plot_text(names[at])}, {plot_text(arm)}<br>accuracy {percent_text(found)}"
            for at, found in known
        ],
    )


def belief_sentence(score: ArmScore) -> str:
    """What the belief figure shows: accuracy of both arms with each belief, and sycophancy."""
    parts = [
        f"{label(belief)}: original {percent_text(found.original_accuracy)}, "
        f"{score.arm} {percent_text(found.treated_accuracy)}."
        for belief in Belief
        if (found := score.beliefs.get(belief)) and found.original_accuracy
    ]
    if not parts:
        return "Nothing was measured."
    more = loss_text(score.sycophancy)
    return " ".join((*parts, f"Sycophancy, points lost more when a belief is stated: {more}."))


def refusal_figure(score: ArmScore, refusals: Nested) -> go.Figure:
    """Share of answers that each arm refused, in percent, a row a task. Without a single refusal
    there is nothing to draw. ``refusals``: arm -> task -> answers, for intervals."""
    tasks = refusal_tasks(score)
    shares = [refusal_shares(score, task, refusals) for task in tasks]
    figure = side_figure(90 + _ROW * max(len(tasks), 1))
    if any(found and found.value for by_arm in shares for found in by_arm.values()):
        for place, arm in enumerate(("original", score.arm)):
            found = [by_arm[arm] for by_arm in shares]
            figure.add_trace(row_trace(arm, tasks, found, place, percent_text))
    name_rows(figure, tasks)
    figure.update_xaxes(title_text="refused, %", rangemode="tozero")
    return figure


def refusal_sentence(score: ArmScore, refusals: Nested) -> str:
    """What the refusal figure shows."""
    shares = {task: refusal_shares(score, task, refusals) for task in refusal_tasks(score)}
    known = {task: found for task, found in shares.items() if None not in found.values()}
    if not known:
        return f"Refusals: {NOT_MEASURED}."
    if not any(share and share.value for found in known.values() for share in found.values()):
        return "Neither model refused an answer."
    return " ".join(
        f"{label(task)}: "
        + ", ".join(f"{arm} {percent_text(share)}" for arm, share in found.items())
        + "."
        for task, found in known.items()
    )


def length_figure(words: Nested, arm: str) -> go.Figure:
    """Mean length of an answer in words, with its 95 % interval, a row a context. ``words``:
    arm -> context -> words of each answer."""
    original, treated = words.get("original", {}), words.get(arm, {})
    contexts = [c.value for c in Context if c in original or c in treated]
    figure = side_figure(90 + _ROW * max(len(contexts), 1))
    for place, (name, by) in enumerate((("original", original), (arm, treated))):
        lengths = [mean_of(by.get(context, {})) for context in contexts]
        figure.add_trace(row_trace(name, contexts, lengths, place, _words))
    name_rows(figure, contexts)
    figure.update_xaxes(title_text="mean length of an answer, words", rangemode="tozero")
    return figure


def _words(found: Estimate) -> str:
    return f"{points_text(found)} words"


def length_sentence(words: Nested, arm: str) -> str:
    """What the length figure shows: the lengths on plain questions, and the largest difference."""
    original, treated = words.get("original", {}), words.get(arm, {})
    apart = {
        context: difference
        for context in (c.value for c in Context if c in original and c in treated)
        if (difference := difference_of(treated[context], original[context])) is not None
    }
    if not apart:
        return "The length of the answers was not measured."
    most = max(apart, key=lambda context: abs(apart[context].value))
    parts = [f"Largest difference: {label(most).lower()}, {loss_text(apart[most])} words."]
    if Context.PLAIN in apart:
        one, other = (points_text(mean_of(by[Context.PLAIN])) for by in (original, treated))
        parts.insert(0, f"Plain questions: original {one} words, {arm} {other}.")
    return " ".join(parts)


def row_trace(
    arm: str,
    rows: Sequence[str],
    estimates: Sequence[Estimate | None],
    place: int,
    write: Callable[[Estimate], str],
) -> go.Scatter:
    known = [(at, found) for at, found in enumerate(estimates) if found]
    return go.Scatter(
        **arm_style(arm, place),
        x=[found.value for _, found in known],
        y=[at + shift(place) for at, _ in known],
        error_x=_bars([found for _, found in known]),
        mode="markers",
        hovertext=[
            f"{plot_text(label(rows[at]))}, {plot_text(arm)}<br>{write(found)}"
            for at, found in known
        ],
        cliponaxis=False,
    )


def _bars(estimates: Sequence[Estimate]) -> dict[str, Any]:
    """Error bars; of no length where there is no interval."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if it.high is None else it.high - it.value for it in estimates],
        "arrayminus": [0.0 if it.low is None else it.value - it.low for it in estimates],
        "thickness": 2,
        "width": 4,
    }


def name_rows(figure: go.Figure, rows: Sequence[str]) -> None:
    """The first row on top; lines between rows, so that a pair is read as one."""
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[plot_text(short_label(row)) for row in rows],
        range=[max(len(rows), 1) - 0.4, -0.6],
        ticklabelstandoff=8,
    )


def arm_style(arm: str, place: int) -> dict[str, Any]:
    """Name and marker of the original (``place`` 0) or the treated arm (1)."""
    return {
        "name": plot_text(arm),
        "marker": {"size": 11, "symbol": ("circle", "diamond")[place]},
        "line": {"width": 2, "dash": ("solid", "dash")[place]},
        "hoverinfo": "text",
        "showlegend": True,
    }


def shift(place: int) -> float:
    """How far the marker of an arm stands from the middle of its row or column."""
    return _SHIFT * (2 * place - 1)


def side_figure(height: int) -> go.Figure:
    """An empty figure of that height in pixels."""
    return go.Figure(
        layout=go.Layout(
            template=LIGHT,
            height=height,
            dragmode=False,
            margin={"l": 8, "r": 12, "t": 36, "b": 8},
            legend={"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom"},
        )
    )
