"""How many rows of each config differ, and in what."""

from __future__ import annotations

from collections import Counter

from warmbench.release_diff.release_diff import ReleaseDiff
from warmbench.release_diff.row_change import Part, RowChange

__all__ = ["counts_by_config", "telling_changes"]


def counts_by_config(diff: ReleaseDiff) -> dict[str, dict[str, int]]:
    """Config -> ``added``, ``removed``, ``changed`` and each part -> rows. A row in which several
    parts changed counts for each, and once as changed."""
    found: dict[str, Counter[str]] = {}
    for split in diff.rows:
        counts = found.setdefault(split.config, Counter())
        counts.update(
            added=len(split.added), removed=len(split.removed), changed=len(split.changed)
        )
        counts.update(part.value for change in split.changed for part in change.parts)
    kinds = ("added", "removed", "changed", *Part)
    return {config: {str(kind): counts[kind] for kind in kinds} for config, counts in found.items()}


def telling_changes(diff: ReleaseDiff, limit: int | None) -> tuple[RowChange, ...]:
    """At most ``limit`` changed rows (None: all), those that matter for scores first."""
    return tuple(sorted(diff.changed, key=lambda change: not change.is_breaking))[:limit]
