"""All that two releases differ in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.data.manifest import ReleaseManifest
from warmbench.release_diff.row_change import RowChange
from warmbench.release_diff.split_diff import Handing, SplitDiff

__all__ = ["NameDiff", "ReleaseDiff"]


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
