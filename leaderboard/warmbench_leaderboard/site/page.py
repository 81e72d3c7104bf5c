"""Pages: templates filled in. Everything printed is escaped and has nothing hidden in it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader

from warmbench.report.html.environment import html_environment
from warmbench.report.wording import percent, points, signed
from warmbench_leaderboard.index.board import Entry
from warmbench_leaderboard.site.static_files import PLOTLY, asset
from warmbench_leaderboard.site.views.search import entry_title

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

_BRACKETS = re.compile(r"\([^()]{0,40}\)")


def render(template: str, **values: Any) -> str:
    """The template ``<template>.html.jinja`` with ``values`` in it."""
    return _environment().get_template(f"{template}.html.jinja").render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = html_environment(PackageLoader("warmbench_leaderboard"))
    environment.filters |= {
        "in_major": _in_major,
        "joined": _joined,
        "model_href": _model_href,
        "percent": percent,
        "points": points,
        "signed": signed,
        "title_of": entry_title,
    }
    environment.globals |= {"pages": PAGES, "asset": asset, "plotly": PLOTLY, "query": _query}
    return environment


def _model_href(entry: Entry, major: int | None = None) -> str:
    """The entry's page. ``major``: the version that a published one is looked at in, None for the
    newest."""
    return f"/model/{quote(entry.entry_id)}{_in_major(entry, major)}"


def _in_major(entry: Entry, major: int | None) -> str:
    """``?major=1``, where the entry stands in several versions."""
    return "" if major is None or entry.major is not None else f"?major={major}"


def _joined(text: str) -> str:
    """What is in brackets, kept on one line."""
    return _BRACKETS.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), text)


def _query(**pairs: str) -> str:
    """``?a=1&b=2``, escaped for an address."""
    return f"?{urlencode(pairs)}"
