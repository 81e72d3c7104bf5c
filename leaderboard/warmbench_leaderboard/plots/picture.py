"""Pictures on a page: a figure, what it is called, and in words what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from warmbench.report.theme import DARK, LIGHT

__all__ = ["Picture", "pictures_json"]


@dataclass(frozen=True, slots=True)
class Picture:
    """``key`` is its id on the page; ``words`` stand under it, for who can't see it too."""

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


def pictures_json(pictures: Iterable[Picture]) -> dict[str, Any]:
    """The figures without colours, by key, and the two themes that the page puts in."""
    return {
        "figures": {p.key: _plain(p.figure) for p in pictures if not p.is_empty},
        "themes": {"light": LIGHT.to_plotly_json(), "dark": DARK.to_plotly_json()},
    }


def _plain(figure: go.Figure) -> Any:
    plain = json.loads(figure.to_json())
    plain["layout"].pop("template", None)
    return plain
