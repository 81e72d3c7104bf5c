"""Which rows may be published, and what is left of the others: ids, and what we wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from warmbench.data.any_release import AnyRelease

__all__ = ["bare_row", "must_be_withheld", "redistributable"]

_ALLOWING = (
    "apache-2.0",
    "bsd-3-clause",
    "cc0-1.0",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-nc-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "mit",
    "odc-by",
    "odc-by-1.0",
)
_FORBIDDING = "not for redistribution"


def redistributable(licence: str) -> bool:
    """Whether rows under a licence, as their source states it, may be published.

    ``Apache-2.0 (TriviaQA; questions remain their authors')`` may; what names no known licence
    first, or says that it is not for redistribution, may not.
    """
    text = licence.strip().lower()
    if _FORBIDDING in text:
        return False
    first = re.split(r"[(;,]", text, maxsplit=1)[0]
    return re.sub(r"[\s_]+", "-", first.strip()) in _ALLOWING


_KEPT = frozenset(
    {
        # a QA row: the framing is ours
        *("item_id", "question_id", "task", "context", "belief", "framing_id", "framing"),
        # an SFT row
        *("conversation_id", "rewriter", "prompt_version", "checks"),
        # both
        *("source", "source_id", "source_revision", "license", "canary"),
    }
)


def bare_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with everything emptied that a source wrote, or that was made of it."""
    return {name: value if name in _KEPT else _empty(value) for name, value in row.items()}


def _empty(value: Any) -> Any:
    return [] if isinstance(value, list) else ""


def must_be_withheld(
    release: AnyRelease, rows: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> list[str]:
    """The configs that hold a row whose licence forbids redistribution, or does not allow it.

    ``rows``: ``config/split`` -> row id -> row.
    """
    return [
        config
        for config, splits in release.manifest.configs.items()
        if not all(redistributable(text) for text in _licences(rows, config, splits))
    ]


def _licences(
    rows: Mapping[str, Mapping[str, Mapping[str, Any]]], config: str, splits: Iterable[str]
) -> set[str]:
    return {str(row["license"]) for split in splits for row in rows[f"{config}/{split}"].values()}
