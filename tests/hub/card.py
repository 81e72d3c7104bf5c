"""The front matter of a README: what it says, and what the Hub finds wrong with it."""

from __future__ import annotations

import re
from typing import Any

import yaml

__all__ = ["card_data", "card_tags", "card_trouble"]

# A few of the Hub's identifiers, lower case: enough for a typing error to be refused.
_LICENSES = [
    "afl-3.0",
    "agpl-3.0",
    "apache-2.0",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsl-1.0",
    "cc",
    "cc-by-2.0",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc0-1.0",
    "cdla-permissive-2.0",
    "gpl-2.0",
    "gpl-3.0",
    "isc",
    "lgpl-3.0",
    "llama2",
    "llama3",
    "llama3.1",
    "llama3.2",
    "mit",
    "mpl-2.0",
    "odbl",
    "odc-by",
    "openrail",
    "other",
    "pddl",
    "unknown",
    "unlicense",
    "wtfpl",
]
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)(?:\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def card_data(readme: str) -> dict[str, Any]:
    """The front matter as a mapping; empty where there is none or it cannot be read."""
    found = _FRONT_MATTER.match(readme)
    if found is None:
        return {}
    try:
        data = yaml.safe_load(found[1])
    except yaml.YAMLError:
        return {}
    return data if isinstance(data, dict) else {}


def card_tags(data: dict[str, Any]) -> list[str]:
    """The tags the Hub makes of a card: its own, then ``license:...``."""
    own = data.get("tags")
    tags = [str(tag) for tag in own] if isinstance(own, list) else []
    return [*tags, *(f"license:{name}" for name in _licenses(data))]


def card_trouble(readme: str) -> tuple[list[str], list[str]]:
    """Errors, which stop a commit, and warnings, which do not."""
    found = _FRONT_MATTER.match(readme)
    if found is None:
        return [], ["empty or missing yaml metadata in repo card"]
    try:
        data = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        return [f"YAML Metadata Error: {error}"], []
    if data is None:
        return [], ["empty or missing yaml metadata in repo card"]
    if not isinstance(data, dict):
        return ["YAML Metadata Error: the metadata must be a mapping"], []
    return _license_errors(data), []


def _licenses(data: dict[str, Any]) -> list[str]:
    value = data.get("license", [])
    return [str(name) for name in (value if isinstance(value, list) else [value])]


def _license_errors(data: dict[str, Any]) -> list[str]:
    return [
        f'"license" must be one of [{", ".join(_LICENSES)}]; got "{name}"'
        for name in _licenses(data)
        if name not in _LICENSES
    ]
