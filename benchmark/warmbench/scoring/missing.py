"""What a partial score lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["missing_text"]


def missing_text(card: Mapping[str, Any], scored: Mapping[str, Any]) -> str:
    """What a partial score lacks, in words."""
    coverage = scored["coverage"]
    parts = []
    if coverage["missing_tasks"]:
        parts.append("no " + ", ".join(coverage["missing_tasks"]))
    if coverage["missing_cells"]:
        parts.append(f"{len(coverage['missing_cells'])} of 27 conditions not asked")
    unanswered = sum(card["failures"].values())
    if unanswered:
        parts.append(f"{unanswered:,} requests unanswered")
    if card["selection"]["limit"] is not None:
        parts.append(f"at most {card['selection']['limit']} questions a task")
    return "; ".join(parts) or "not all of a release was asked"
