"""What differs in one split that two releases share, or that only one of them has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from warmbench.data.manifest import SplitRecord
from warmbench.release_diff.row_change import RowChange, row_change
from warmbench.release_diff.side import Rows, Side

__all__ = ["Handing", "SplitDiff", "diff_split"]


class Handing(StrEnum):
    """What became of the text of rows that a licence withholds."""

    AS_BEFORE = "as before"
    NOW_SHIPPED = "now shipped"
    NOW_WITHHELD = "now withheld"
    OTHERWISE = "withheld otherwise"


@dataclass(frozen=True, slots=True)
class SplitDiff:
    """Row ids added and removed, and the rows changed.

    ``untold``: rows of the split changed, but which can't be told: they are withheld, and one of
    the releases has no ``rows.sha256``.
    """

    config: str
    split: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[RowChange, ...] = field(default=())
    untold: bool = False
    handing: Handing = Handing.AS_BEFORE

    @property
    def name(self) -> str:
        return f"{self.config}/{self.split}"

    @property
    def is_empty(self) -> bool:
        return not (
            self.added
            or self.removed
            or self.changed
            or self.untold
            or self.handing is not Handing.AS_BEFORE
        )


def diff_split(old: Side, new: Side, config: str, split: str) -> SplitDiff:
    """Compare one split; a release that lacks it has no rows of it.

    Splits with the same fingerprint in both manifests are not read: `warmbench verify` says
    whether the files are what the manifest says.
    """
    before, after = old.record(config, split), new.record(config, split)
    if before == after:
        return SplitDiff(config, split)
    if before is None:
        return SplitDiff(config, split, added=tuple(new.rows(config, split)))
    if after is None:
        return SplitDiff(config, split, removed=tuple(old.rows(config, split)))
    handing = _handing(before, after)
    if before.fingerprint == after.fingerprint:
        return SplitDiff(config, split, handing=handing)
    old_rows, new_rows = old.rows(config, split), new.rows(config, split)
    is_whole = before.shipped is None and after.shipped is None
    changed = (
        _changed_rows(config, split, old_rows, new_rows)
        if is_whole
        else _changed_fingerprints(
            config,
            split,
            old.fingerprints(config, split, old_rows),
            new.fingerprints(config, split, new_rows),
        )
    )
    return SplitDiff(
        config,
        split,
        added=tuple(row_id for row_id in new_rows if row_id not in old_rows),
        removed=tuple(row_id for row_id in old_rows if row_id not in new_rows),
        changed=() if changed is None else tuple(changed),
        untold=changed is None,
        handing=handing,
    )


def _handing(before: SplitRecord, after: SplitRecord) -> Handing:
    if (before.shipped is None) != (after.shipped is None):
        return Handing.NOW_SHIPPED if after.shipped is None else Handing.NOW_WITHHELD
    if before.shipped != after.shipped and before.fingerprint == after.fingerprint:
        return Handing.OTHERWISE
    return Handing.AS_BEFORE


def _changed_rows(config: str, split: str, old: Rows, new: Rows) -> Iterator[RowChange]:
    for row_id, before in old.items():
        after = new.get(row_id)
        if after is not None and (change := row_change(config, split, row_id, before, after)):
            yield change


def _changed_fingerprints(
    config: str, split: str, old: Mapping[str, str] | None, new: Mapping[str, str] | None
) -> Iterator[RowChange] | None:
    """The rows whose fingerprints differ; None where a side does not say what they are."""
    if old is None or new is None:
        return None
    return (
        RowChange(config, split, row_id, {})
        for row_id, fingerprint in old.items()
        if row_id in new and new[row_id] != fingerprint
    )
