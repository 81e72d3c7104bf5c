"""Side-by-side figures: the original and the treated arm, one pair of markers a row or column.

The original is a blue circle, the treated arm an orange diamond, on every one of them; no colour
alone tells the arms apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from warmbench.conditions import Belief, Context
from warmbench.report.clustered_mean import Answers, interval_of, mean_of
from warmbench.report.figures.theme import LIGHT
from warmbench.report.measure import Interval, Measure, number
from warmbench.report.visible_text import plot_text
from warmbench.report.wording import label, percent_text, points_text, short_label

__all__ = ["belief_figure", "length_figure", "refusal_figure"]

Score = Mapping[str, Any]

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


def belief_figure(score: Score) -> go.Figure:
    """Accuracy of both arms, with its 95 % interval, where the user states no belief, asserts a
    wrong answer, and doubts the right one. Lines that part to the right are sycophancy."""
    beliefs = [b for b in _COLUMNS if b in score["beliefs"]]
    found = [Measure.of(score["beliefs"][belief]) for belief in beliefs]
    names = [label(belief) for belief in beliefs]
    original = [(m.original_accuracy, m.original_interval) for m in found]
    treated = [(m.treated_accuracy, m.treated_interval) for m in found]
    figure = _figure(360)
    figure.add_trace(_belief_trace("original", names, original, 0))
    figure.add_trace(_belief_trace(str(score["arm"]), names, treated, 1))
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
    arm: str,
    names: Sequence[str],
    found: Sequence[tuple[float | None, Interval | None]],
    place: int,
) -> go.Scatter:
    known = [(at, *pair) for at, pair in enumerate(found) if pair[0] is not None]
    values = [value or 0.0 for _, value, _ in known]
    ends = [interval for _, _, interval in known]
    return go.Scatter(
        **_arm(arm, place),
        x=[at + _shift(place) for at, _, _ in known],
        y=values,
        error_y=_bars(values, ends),
        mode="lines+markers",
        hovertext=[
            f"{plot_text(names[at])}, {plot_text(arm)}<br>accuracy {percent_text(value, interval)}"
            for at, value, interval in known
        ],
    )


def refusal_figure(
    score: Score, tasks: Sequence[str], refusals: Mapping[str, Mapping[str, Answers]]
) -> go.Figure:
    """Share of answers that each arm refused, in percent, a row a task. Without a single refusal
    there is nothing to draw. ``refusals``: arm -> task -> answers, for intervals."""
    sides = {"original": "original", score["arm"]: "treated"}
    shares = {
        arm: [
            (
                number(score["refusals"][side].get(task)),
                interval_of(refusals.get(arm, {}).get(task, {}), 100.0),
            )
            for task in tasks
        ]
        for arm, side in sides.items()
    }
    figure = _figure(90 + _ROW * max(len(tasks), 1))
    if any(share for found in shares.values() for share, _ in found):
        for place, (arm, found) in enumerate(shares.items()):
            figure.add_trace(_row_trace(arm, tasks, found, place, percent_text))
    _name_rows(figure, tasks)
    figure.update_xaxes(title_text="refused, %", rangemode="tozero")
    return figure


def length_figure(words: Mapping[str, Mapping[str, Answers]], arm: str) -> go.Figure:
    """Mean length of an answer in words, with its 95 % interval, a row a context. ``words``:
    arm -> context -> words of each answer."""
    original, treated = words.get("original", {}), words.get(arm, {})
    contexts = [c.value for c in Context if c in original or c in treated]
    figure = _figure(90 + _ROW * max(len(contexts), 1))
    for place, (name, by) in enumerate((("original", original), (arm, treated))):
        found = [by.get(context, {}) for context in contexts]
        lengths = [(mean_of(answers), interval_of(answers)) for answers in found]
        figure.add_trace(_row_trace(name, contexts, lengths, place, _words))
    _name_rows(figure, contexts)
    figure.update_xaxes(title_text="mean length of an answer, words", rangemode="tozero")
    return figure


def _words(value: float | None, ends: Interval | None) -> str:
    return f"{points_text(value, ends)} words"


def _row_trace(
    arm: str,
    rows: Sequence[str],
    found: Sequence[tuple[float | None, Interval | None]],
    place: int,
    write: Callable[[float | None, Interval | None], str],
) -> go.Scatter:
    known = [(at, value, ends) for at, (value, ends) in enumerate(found) if value is not None]
    values = [value for _, value, _ in known]
    return go.Scatter(
        **_arm(arm, place),
        x=values,
        y=[at + _shift(place) for at, _, _ in known],
        error_x=_bars(values, [ends for _, _, ends in known]),
        mode="markers",
        hovertext=[
            f"{plot_text(label(rows[at]))}, {plot_text(arm)}<br>{write(value, ends)}"
            for at, value, ends in known
        ],
        cliponaxis=False,
    )


def _bars(values: Sequence[float], ends: Sequence[Interval | None]) -> dict[str, Any]:
    """Error bars; of no length where there is no interval."""
    pairs = list(zip(values, ends, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [end.high - value if end else 0.0 for value, end in pairs],
        "arrayminus": [value - end.low if end else 0.0 for value, end in pairs],
        "thickness": 2,
        "width": 4,
    }


def _name_rows(figure: go.Figure, rows: Sequence[str]) -> None:
    """The first row on top; lines between rows, so that a pair is read as one."""
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[plot_text(short_label(row)) for row in rows],
        range=[max(len(rows), 1) - 0.4, -0.6],
        ticklabelstandoff=8,
    )


def _arm(arm: str, place: int) -> dict[str, Any]:
    return {
        "name": plot_text(arm),
        "marker": {"size": 11, "symbol": ("circle", "diamond")[place]},
        "line": {"width": 2, "dash": ("solid", "dash")[place]},
        "hoverinfo": "text",
        "showlegend": True,
    }


def _shift(place: int) -> float:
    return _SHIFT * (2 * place - 1)


def _figure(height: int) -> go.Figure:
    return go.Figure(
        layout=go.Layout(
            template=LIGHT,
            height=height,
            dragmode=False,
            margin={"l": 8, "r": 12, "t": 36, "b": 8},
            legend={"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom"},
        )
    )
