"""Pages: templates filled in. Everything printed is escaped and has nothing hidden in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from warmbench.report.visible_text import cut, visible_text
from warmbench.report.wording import count, label, percent, points, signed, verdict_text
from warmbench_leaderboard.board import Entry
from warmbench_leaderboard.site.static_files import PLOTLY, asset
from warmbench_leaderboard.views.finding_entries import entry_title

__all__ = ["PAGES", "render"]

PAGES = {
    "leaderboard": ("/", "Leaderboard"),
    "explore": ("/explore", "Explore"),
    "compare": ("/compare", "Compare"),
    "submit": ("/submit", "Submit"),
    "requests": ("/requests", "Request a run"),
    "cite": ("/cite", "Cite"),
    "about": ("/about", "About"),
}
"""Page -> its address and what the navigation calls it, in order."""


def render(template: str, **values: Any) -> str:
    """The template ``<template>.html.jinja`` with ``values`` in it."""
    return _environment().get_template(f"{template}.html.jinja").render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("warmbench_leaderboard"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_finalize,
    )
    environment.filters |= {
        "count": count,
        "cut": cut,
        "label": label,
        "percent": percent,
        "points": points,
        "signed": signed,
        "title_of": entry_title,
        "verdict": verdict_text,
        "model_href": _model_href,
    }
    environment.globals |= {"pages": PAGES, "asset": asset, "plotly": PLOTLY, "query": _query}
    return environment


def _finalize(value: Any) -> Any:
    is_markup = hasattr(value, "__html__")
    return visible_text(value) if isinstance(value, str) and not is_markup else value


def _model_href(entry: Entry) -> str:
    return f"/model/{quote(entry.entry_id)}"


def _query(**pairs: str) -> str:
    """``?a=1&b=2``, escaped for an address."""
    return f"?{urlencode(pairs)}"
