"""A release of either kind: its manifest and the rows of its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from warmbench.data.fingerprint import SplitHashes, read_row_hashes, row_id_of
from warmbench.data.manifest import MANIFEST_NAME, SplitRecord, check_rows, split_path
from warmbench.data.release import JUDGING_CONFIG, Manifest, read_release, release_fingerprint
from warmbench.data.sft_release import (
    SFT_NAME,
    SFTManifest,
    read_sft_release,
    sft_release_fingerprint,
)
from warmbench.data.table import read_rows
from warmbench.errors import DataError
from warmbench.records.conversation import CONVERSATION_SCHEMA
from warmbench.records.item import ITEM_SCHEMA
from warmbench.records.labelled_answer import LABELLED_ANSWER_SCHEMA
from warmbench.records.release import ReleaseRecord

__all__ = ["AnyRelease", "read_any_release"]


@dataclass(frozen=True)
class AnyRelease:
    """A folder and its manifest."""

    path: Path
    manifest: Manifest | SFTManifest

    @property
    def splits(self) -> tuple[tuple[str, str, SplitRecord], ...]:
        """Config, split and record of each parquet file, in the manifest's order."""
        return tuple(
            (config, split, record)
            for config, splits in self.manifest.configs.items()
            for split, record in splits.items()
        )

    def schema(self, config: str) -> pa.Schema:
        """The columns of every file of a config."""
        if config == JUDGING_CONFIG:
            return LABELLED_ANSWER_SCHEMA
        return ITEM_SCHEMA if isinstance(self.manifest, Manifest) else CONVERSATION_SCHEMA

    def rows(self, config: str, split: str) -> list[dict[str, Any]]:
        """The rows as they stand in the file; ``DataError`` where it can't be read or lacks a
        column. They are not compared with the manifest."""
        path = split_path(self.path, config, split)
        rows = read_rows(path)
        names = self.schema(config).names
        if list(rows[0]) != names:
            missing = [name for name in names if name not in rows[0]]
            what = f"the column {missing[0]!r} is missing" if missing else "it has other columns"
            raise DataError(f"{path}: {what}; {config} has {', '.join(names)}")
        return rows

    def checked_rows(self, config: str, split: str) -> dict[str, dict[str, Any]]:
        """Row id -> row. Raises ``DataError`` where the file can't be read, holds other rows than
        the manifest says, or has two rows of one id."""
        rows = self.rows(config, split)
        where = f"{self.path}, {config}/{split}"
        check_rows(where, rows, self.manifest.configs[config][split])
        by_id: dict[str, dict[str, Any]] = {}
        for row in rows:
            if by_id.setdefault(row_id_of(row), row) is not row:
                raise DataError(f"{where}: the row {row_id_of(row)!r} appears more than once")
        return by_id

    @cached_property
    def row_hashes(self) -> SplitHashes | None:
        """What ``rows.sha256`` says of each row; None where there is no such file."""
        return read_row_hashes(self.path)

    def record(self) -> ReleaseRecord:
        """The release as others remember it."""
        manifest = self.manifest
        return ReleaseRecord(
            name=manifest.name,
            version=manifest.version,
            fingerprint=manifest.fingerprint,
            released=manifest.released,
        )

    def fingerprint_of_records(self) -> str:
        """The release's fingerprint as it follows from those of its splits."""
        if isinstance(self.manifest, Manifest):
            return release_fingerprint(
                self.manifest.version, self.manifest.metric_version, self.manifest.configs
            )
        return sft_release_fingerprint(self.manifest.version, self.manifest.configs)


def read_any_release(path: Path) -> AnyRelease:
    """The QA or SFT release in a folder; raises ``DataError`` when there is none."""
    try:
        name = json.loads((path / MANIFEST_NAME).read_bytes())["name"]
    except FileNotFoundError:
        raise DataError(
            f"{path}: no {MANIFEST_NAME} here; give a folder made by `warmbench build` or "
            "`warmbench release`"
        ) from None
    except (OSError, ValueError, TypeError, KeyError):
        raise DataError(f"{path / MANIFEST_NAME}: not a release manifest") from None
    if name == SFT_NAME:
        return AnyRelease(path, read_sft_release(path).manifest)
    return AnyRelease(path, read_release(path).manifest)
