"""Pictures: a figure with the words that stand for it where it can't be seen."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

__all__ = ["Picture"]


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
