"""What differs in one split that two releases share, or that only one of them has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from warmbench.data.any_release import AnyRelease, read_any_release
from warmbench.data.diff.row_change import RowChange, row_change
from warmbench.data.fingerprint import (
    ROWS_NAME,
    joined_fingerprint,
    read_row_hashes,
    row_fingerprint,
    row_id_of,
)
from warmbench.data.manifest import MANIFEST_NAME, ReleaseManifest, SplitRecord, check_rows
from warmbench.data.release import Manifest
from warmbench.errors import DataError

__all__ = ["Handing", "Rows", "Side", "SplitDiff", "diff_split"]

Rows = dict[str, dict[str, Any]]
"""Row id -> row."""


class Side:
    """A release folder, read as far as it is asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._release: AnyRelease = read_any_release(path)

    @property
    def manifest(self) -> ReleaseManifest:
        return self._release.manifest

    @property
    def kind(self) -> str:
        """``a QA`` or ``an SFT``, as it stands before the word release."""
        return "a QA" if isinstance(self._release.manifest, Manifest) else "an SFT"

    @property
    def metric_version(self) -> str | None:
        """The metric definitions of a QA release; an SFT release has none."""
        manifest = self._release.manifest
        return manifest.metric_version if isinstance(manifest, Manifest) else None

    def record(self, config: str, split: str) -> SplitRecord | None:
        """What the manifest says of a split; None where there is none."""
        return self.manifest.configs.get(config, {}).get(split)

    def rows(self, config: str, split: str) -> Rows:
        """Row id -> row, as in the file. Raises ``DataError`` where the file can't be read, holds
        other rows than the manifest says, or names two rows alike."""
        found = self._release.rows(config, split)
        where = f"{self.path}, {config}/{split}"
        check_rows(where, found, self.manifest.configs[config][split])
        by_id: Rows = {}
        for row in found:
            if by_id.setdefault(row_id_of(row), row) is not row:
                raise DataError(f"{where}: the row {row_id_of(row)!r} is there twice")
        return by_id

    def fingerprints(self, config: str, split: str, rows: Rows) -> Mapping[str, str] | None:
        """Row id -> fingerprint of the whole row, ``rows`` being those of the file; None where
        they are withheld and no ``rows.sha256`` is there to say.

        Raises ``DataError`` where that file does not fit the manifest.
        """
        record = self.manifest.configs[config][split]
        if record.shipped is None:
            return {row_id: row_fingerprint(row) for row_id, row in rows.items()}
        if self._row_hashes is None:
            return None
        hashes = self._row_hashes.get(f"{config}/{split}", {})
        told = joined_fingerprint(hashes.values())
        if told != record.fingerprint or hashes.keys() != rows.keys():
            raise DataError(
                f"{self.path / ROWS_NAME}: the rows of {config}/{split} are not those of "
                f"{MANIFEST_NAME}; build or download the release again"
            )
        return hashes

    @cached_property
    def _row_hashes(self) -> dict[str, dict[str, str]] | None:
        return read_row_hashes(self.path)

    def other_files(self) -> dict[str, str]:
        """Path in the folder -> SHA-256 of each file that holds no rows: card, licences,
        citation. The hidden ones are the file system's or the Hub's own."""
        names = sorted(
            path.relative_to(self.path)
            for path in self.path.rglob("*")
            if path.is_file() and path.name not in (MANIFEST_NAME, ROWS_NAME)
        )
        return {
            name.as_posix(): hashlib.sha256((self.path / name).read_bytes()).hexdigest()
            for name in names
            if name.parts[0] != "data" and not any(part.startswith(".") for part in name.parts)
        }


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
