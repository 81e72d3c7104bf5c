"""The figure of the replies: how often each arm's requests came to no whole answer, and why."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from warmbench.records.arm_replies import ArmReplies, ReplyKind
from warmbench.records.scorecard import ArmScore
from warmbench.reporting.figures.side import arm_style, name_rows, shift, side_figure
from warmbench.reporting.visible_text import plot_text
from warmbench.reporting.wording import loss_text, percent
from warmbench.statistics.replies import KINDS

__all__ = ["reply_figure", "reply_sentence"]

_ROWS = {
    ReplyKind.CUT: "cut",
    ReplyKind.EMPTY: "empty",
    ReplyKind.FILTERED: "filtered",
    ReplyKind.REASONING_ONLY: "only reasoning",
    ReplyKind.FAILED: "failed",
}

_ROW = 36
"""Height of a row in pixels."""


def reply_figure(replies: Mapping[str, ArmReplies], score: ArmScore) -> go.Figure:
    """Share of each arm's requests, in percent, a row a kind. Where every reply of both arms was
    whole, there is nothing to draw."""
    figure = side_figure(90 + _ROW * len(KINDS))
    arms = ("original", score.arm)
    if any(share for arm in arms for share in replies[arm].shares.values()):
        for place, arm in enumerate(arms):
            figure.add_trace(_trace(arm, replies[arm], place))
    name_rows(figure, [_ROWS[kind] for kind in KINDS])
    figure.update_xaxes(title_text="requests, %", rangemode="tozero")
    return figure


def _trace(arm: str, replies: ArmReplies, place: int) -> go.Scatter:
    shares = [replies.shares.get(kind, 0.0) for kind in KINDS]
    return go.Scatter(
        **arm_style(arm, place),
        x=shares,
        y=[at + shift(place) for at in range(len(KINDS))],
        mode="markers",
        hovertext=[
            f"{_ROWS[kind]}, {plot_text(arm)}<br>{percent(share)} of requests"
            for kind, share in zip(KINDS, shares, strict=True)
        ],
        cliponaxis=False,
    )


def reply_sentence(replies: Mapping[str, ArmReplies], score: ArmScore) -> str:
    """What the figure shows: each kind that either arm has, with the difference."""
    parts = [
        f"{_ROWS[kind].capitalize()}: original {percent(one)}, {score.arm} {percent(other)}"
        f"{_apart(score, kind)}."
        for kind in KINDS
        if (one := replies["original"].shares.get(kind, 0.0)) or replies[score.arm].shares.get(kind)
        for other in (replies[score.arm].shares.get(kind, 0.0),)
    ]
    return " ".join(parts) or "Every request of both arms has a whole answer."


def _apart(score: ArmScore, kind: ReplyKind) -> str:
    found = score.replies.get(kind)
    return f"; difference {loss_text(found)} points" if found else ""
