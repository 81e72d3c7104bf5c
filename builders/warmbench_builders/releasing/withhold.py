"""What is left of a row whose licence forbids to hand its text on: ids, and what we wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warmbench.data.any_release import AnyRelease
from warmbench_builders.releasing.licences import redistributable

__all__ = ["bare_row", "must_be_withheld"]

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
    release: AnyRelease, rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[str]:
    """The configs that hold a row whose licence forbids redistribution, or does not allow it.

    ``rows``: ``config/split`` -> rows.
    """
    return [
        config
        for config, splits in release.manifest.configs.items()
        if not all(redistributable(text) for text in _licences(rows, config, splits))
    ]


def _licences(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], config: str, splits: Iterable[str]
) -> set[str]:
    return {str(row["license"]) for split in splits for row in rows[f"{config}/{split}"]}
