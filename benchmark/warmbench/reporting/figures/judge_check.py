"""The figure of a judge's check: how often it was right on each style of answer, by arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from warmbench.records.estimate import Estimate
from warmbench.records.judge_check import CheckedGroup, JudgeCheckSummary
from warmbench.reporting.figures.side import name_rows, row_trace, side_figure
from warmbench.reporting.wording import share_text

__all__ = ["check_figure", "check_sentence"]

_ALL = "all styles"
_ROW = 36
"""Height of a row in pixels."""


def check_figure(summary: JudgeCheckSummary) -> go.Figure:
    """Percent of the answers that the judge is right on, with its 95 % interval: a row a style,
    below those of all styles; the answers written like an original model, and like a warm one."""
    rows = [_ALL, *summary.groups.get("style", {})]
    names = [_spaced(style) for style in rows]
    figure = side_figure(90 + _ROW * len(rows))
    for place, arm in enumerate(summary.groups.get("arm", {})):
        found = [_percent(_group(summary, style, arm)) for style in rows]
        figure.add_trace(row_trace(arm, names, found, place % 2, _text))
    name_rows(figure, names)
    figure.update_xaxes(title_text="judged rightly, %", rangemode="normal")
    return figure


def _group(summary: JudgeCheckSummary, style: str, arm: str) -> CheckedGroup | None:
    if style == _ALL:
        return summary.groups["arm"].get(arm)
    return summary.groups.get("style and arm", {}).get(f"{style}, {arm}")


def _spaced(style: str) -> str:
    return style.replace("_", " ")


def _percent(group: CheckedGroup | None) -> Estimate | None:
    accuracy = group.accuracy if group else None
    if accuracy is None:
        return None
    low, high = (None if end is None else 100.0 * end for end in (accuracy.low, accuracy.high))
    return Estimate(100.0 * accuracy.value, low, high, n=accuracy.n)


def _text(found: Estimate) -> str:
    return f"{found.value:.1f} % of the answers"


def check_sentence(summary: JudgeCheckSummary) -> str:
    """What the figure shows: each arm, and the best and the worst style."""
    arms = ", ".join(
        f"{name} {share_text(found.accuracy)}" for name, found in _measured(summary, "arm")
    )
    styles = sorted(_measured(summary, "style"), key=_accuracy)
    if not styles:
        return f"Judged rightly: {arms}."
    worst, best = styles[0], styles[-1]
    return (
        f"Judged rightly: {arms}. "
        f"Worst style: {_spaced(worst[0])}, {share_text(worst[1].accuracy)}; "
        f"best: {_spaced(best[0])}, {share_text(best[1].accuracy)}."
    )


def _measured(summary: JudgeCheckSummary, what: str) -> Sequence[tuple[str, CheckedGroup]]:
    named: Mapping[str, CheckedGroup] = summary.groups.get(what, {})
    return [(name, found) for name, found in named.items() if found.accuracy]


def _accuracy(named: tuple[str, CheckedGroup]) -> float:
    accuracy = named[1].accuracy
    return accuracy.value if accuracy else 0.0
