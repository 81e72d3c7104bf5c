"""Pictures on a page: a figure, what it is called, and in words what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from warmbench.report.picture import Picture
from warmbench.report.theme import DARK, LIGHT

__all__ = ["Picture", "pictures_json"]


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
