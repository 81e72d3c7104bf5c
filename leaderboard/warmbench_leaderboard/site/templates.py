"""The templates of the pages. All values are escaped, with hidden characters made visible."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader

from warmbench.reporting.html.environment import html_environment
from warmbench.reporting.wording import percent, points, signed
from warmbench_leaderboard.index.board import Entry
from warmbench_leaderboard.site.static_files import PLOTLY, asset

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
"""Page -> its address and its title in the navigation, in order."""

_BRACKETS = re.compile(r"\([^()]{0,40}\)")


def render(template: str, **values: Any) -> str:
    """Render the template ``<template>.html.jinja``."""
    return _environment().get_template(f"{template}.html.jinja").render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = html_environment(PackageLoader("warmbench_leaderboard"))
    environment.filters |= {
        "in_major": _in_major,
        "unbroken": _unbroken,
        "model_href": _model_href,
        "percent": percent,
        "points": points,
        "signed": signed,
    }
    environment.globals |= {"pages": PAGES, "asset": asset, "plotly": PLOTLY, "query": _query}
    return environment


def _model_href(entry: Entry, major: int | None = None) -> str:
    """The address of an entry's page. ``major``: the version in which a published entry is ranked,
    None for the newest."""
    return f"/model/{quote(entry.entry_id)}{_in_major(entry, major)}"


def _in_major(entry: Entry, major: int | None) -> str:
    """``?major=1`` for an entry that is ranked in several versions."""
    return "" if major is None or entry.major is not None else f"?major={major}"


def _unbroken(text: str) -> str:
    """``text`` with non-breaking spaces inside brackets."""
    return _BRACKETS.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), text)


def _query(**pairs: str) -> str:
    """``?a=1&b=2``, percent-encoded."""
    return f"?{urlencode(pairs)}"
