"""One of the two releases that are compared: its rows by id, and their fingerprints."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from warmbench.data.any_release import AnyRelease, read_any_release
from warmbench.data.fingerprint import joined_fingerprint, row_fingerprint
from warmbench.data.manifest import MANIFEST_NAME, ReleaseManifest, SplitRecord, check_rows
from warmbench.data.release import Manifest
from warmbench.data.row_hashes import ROWS_NAME, read_row_hashes, row_id_of
from warmbench.errors import DataError

__all__ = ["Rows", "Side"]

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
