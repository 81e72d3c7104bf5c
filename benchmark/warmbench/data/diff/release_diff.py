"""All that two releases differ in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.data.diff.row_change import Part, RowChange
from warmbench.data.diff.split_diff import Handing, SplitDiff
from warmbench.data.manifest import ReleaseManifest

__all__ = ["NameDiff", "ReleaseDiff", "counts_by_config", "telling_changes"]


@dataclass(frozen=True, slots=True)
class NameDiff:
    """Names that only one of two lists has; of files, also those with another content."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """What differs between ``old`` and ``new``; all else is the same in both.

    ``configs``: by name. ``splits``: as ``config/split``, in the configs that both have.
    ``rows``: the splits in which something differs, those of new and of removed configs among
    them. ``metric_version``, ``manifest`` (field -> values): the old and the new.
    ``files``: those beside the rows, such as the card.
    """

    old: ReleaseManifest
    new: ReleaseManifest
    configs: NameDiff
    splits: NameDiff
    rows: tuple[SplitDiff, ...]
    metric_version: tuple[str, str] | None
    manifest: Mapping[str, tuple[Any, Any]]
    files: NameDiff

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs but, perhaps, the number."""
        return not (
            self.configs
            or self.splits
            or self.rows
            or self.metric_version
            or self.manifest
            or self.files
        )

    @property
    def added(self) -> tuple[str, ...]:
        """``config/split/row id`` of every row that is new."""
        return tuple(f"{split.name}/{row_id}" for split in self.rows for row_id in split.added)

    @property
    def removed(self) -> tuple[str, ...]:
        """``config/split/row id`` of every row that is gone."""
        return tuple(f"{split.name}/{row_id}" for split in self.rows for row_id in split.removed)

    @property
    def changed(self) -> tuple[RowChange, ...]:
        """Every row that is in both and not the same."""
        return tuple(change for split in self.rows for change in split.changed)

    @property
    def untold(self) -> tuple[str, ...]:
        """The splits whose withheld rows changed, and nobody can tell which."""
        return tuple(split.name for split in self.rows if split.untold)

    def handed(self, handing: Handing) -> tuple[str, ...]:
        """The splits whose text is shipped or withheld in this way."""
        return tuple(split.name for split in self.rows if split.handing is handing)


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
