"""Themes: every colour and font of the figures, once for light and once for dark.

The figures themselves name no colours, so a page changes theme by changing their template. The
diverging scales stay far from the ink, so that text can be read on every cell. Orange stands for
loss and blue for gain: the pair that most kinds of colour blindness keep apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

__all__ = ["DARK", "FONT", "LIGHT", "Picture", "corner"]

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'


def _theme(
    ink: str, faint: str, grid: str, paper: str, colorway: list[str], diverging: list[str]
) -> go.layout.Template:
    axis = {
        "gridcolor": grid,
        "zeroline": False,
        "zerolinecolor": faint,
        "ticks": "",
        "title": {"font": {"size": 13}, "standoff": 8},
        "automargin": True,
    }
    steps = len(diverging) - 1
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": colorway,
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {
                "bgcolor": paper,
                "bordercolor": faint,
                "font": {"family": FONT, "color": ink},
            },
            "annotationdefaults": {"arrowcolor": faint},
            "shapedefaults": {"line": {"color": faint}},
        },
        data={
            "heatmap": [
                {
                    "colorscale": [[i / steps, colour] for i, colour in enumerate(diverging)],
                    "textfont": {"color": ink},
                }
            ]
        },
    )


LIGHT = _theme(
    ink="#1d2530",
    faint="#6b7684",
    grid="#e4e7eb",
    paper="#ffffff",
    colorway=["#2a6fb0", "#b3470a"],
    diverging=["#7fb3e3", "#b9d5ee", "#f6f5f2", "#fbd0a8", "#f2a05a"],
)
DARK = _theme(
    ink="#e6e9ee",
    faint="#8d97a5",
    grid="#323a45",
    paper="#1b2129",
    colorway=["#7db8ee", "#f0954a"],
    diverging=["#2d6299", "#2a4767", "#2a313b", "#5e3f2b", "#96511c"],
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure, the id it has on the page, what it is called, and in words what it shows."""

    key: str
    title: str
    figure: go.Figure
    words: str

    @property
    def is_empty(self) -> bool:
        """Whether there is not one point in it."""
        return not any(len(trace.x) for trace in self.figure.data)

    @property
    def height(self) -> int:
        return int(self.figure.layout.height)


def corner(text: str, x: float, y: float, xanchor: str, yanchor: str) -> dict[str, Any]:
    """An annotation at a place of the panel (0 to 1 on both axes), not of its data."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": xanchor,
        "yanchor": yanchor,
        "showarrow": False,
        "font": {"size": 12},
    }
