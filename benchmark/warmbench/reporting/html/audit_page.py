"""The picture of an audit: the loss by verdicts beside the corrected ones, as one HTML file."""

from __future__ import annotations

from pathlib import Path

import plotly.graph_objects as go
from markupsafe import escape

from warmbench.folders import atomic_write
from warmbench.records.audit import Audit, AuditedArm
from warmbench.records.estimate import Estimate
from warmbench.reporting.figures.theme import LIGHT
from warmbench.reporting.visible_text import plot_text, visible_text

__all__ = ["audit_figure", "render_audit", "write_audit_page"]

_ROW = 44
"""Pixels of height a row."""


def write_audit_page(audit: Audit, path: Path) -> None:
    """Write the page; raises ``OutputError`` where it can't be."""
    with atomic_write(path) as file:
        file.write(render_audit(audit).encode())


def render_audit(audit: Audit) -> str:
    """The page as HTML that asks no host for anything; the same text for the same audit."""
    picture = audit_figure(audit).to_html(
        full_html=False, include_plotlyjs=True, div_id="audit", config={"displaylogo": False}
    )
    notes = "".join(
        f"<p>{escape(visible_text(f'{arm.arm}: no {name} loss: {found.reason}.'))}</p>"
        for arm in audit.treated
        for name, found in arm.corrections.items()
        if found.reason
    )
    judge = escape(visible_text(audit.judge))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<title>WarmBench audit</title></head>"
        '<body style="font-family:system-ui,sans-serif;max-width:60rem;margin:2rem auto;'
        'padding:0 1rem"><h1>Loss by verdicts, and corrected with human labels</h1>'
        f"<p>Judge {judge}. Points of accuracy with 95 % intervals, clustered by question.</p>"
        f"{picture}{notes}</body></html>\n"
    )


def audit_figure(audit: Audit) -> go.Figure:
    """A forest: for each treated arm the raw loss and each corrected one that there is."""
    rows = [
        (f"{plot_text(arm.arm)}: {name}", loss)
        for arm in audit.treated
        for name, loss in _rows(arm)
        if loss
    ]
    losses = [loss for _, loss in rows]
    figure = go.Figure(
        go.Scatter(
            x=[loss.value for loss in losses],
            y=list(range(len(rows))),
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_reach(loss.high, loss.value) for loss in losses],
                "arrayminus": [_reach(loss.value, loss.low) for loss in losses],
            },
            mode="markers",
            marker={"size": 11},
        ),
        layout=go.Layout(template=LIGHT, height=120 + _ROW * len(rows), dragmode=False),
    )
    figure.update_layout(margin={"l": 8, "r": 24, "t": 8, "b": 8})
    figure.update_xaxes(
        title_text="loss in points of accuracy", zeroline=True, zerolinewidth=2, rangemode="tozero"
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[name for name, _ in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
    )
    return figure


def _rows(arm: AuditedArm) -> list[tuple[str, Estimate | None]]:
    corrected = [(name, found.loss) for name, found in arm.corrections.items()]
    return [("by verdicts", arm.raw), *corrected]


def _reach(far: float | None, near: float | None) -> float:
    return 0.0 if far is None or near is None else far - near
