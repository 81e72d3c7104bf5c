"""What the manifests of all releases have in common: ``release.json``, its splits and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.table import write_json
from warmbench.errors import DataError

__all__ = [
    "MANIFEST_NAME",
    "FileRecord",
    "ReleaseManifest",
    "SplitRecord",
    "check_rows",
    "split_path",
    "write_manifest",
]

MANIFEST_NAME = "release.json"


class SplitRecord(BaseModel):
    """One parquet file: its rows and the fingerprint of their content.

    ``shipped`` is set where a licence forbids to hand the text on: then the file holds ids alone,
    ``fingerprint`` is that of the whole rows, ``shipped`` that of the rows in the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int
    fingerprint: str
    shipped: str | None = None

    @property
    def in_file(self) -> str:
        """The fingerprint that the rows in the file must have."""
        return self.shipped or self.fingerprint


class FileRecord(BaseModel):
    """One file of a release: its size in bytes and its SHA-256 (hex)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    sha256: str


class ReleaseManifest(BaseModel):
    """What ``release.json`` says of any release.

    ``configs``: config -> split -> record. ``fingerprint`` depends on version and rows alone.
    ``files`` (path in the folder -> record; all but ``release.json`` itself), ``tools``
    (name -> version) and ``released`` (the day its maintainer gave it) are there once
    ``warmbench release`` made it ready to be published.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    seed: int
    configs: dict[str, dict[str, SplitRecord]]
    fingerprint: str
    files: dict[str, FileRecord] = {}
    tools: dict[str, str] = {}
    released: date | None = None

    @property
    def rows(self) -> int:
        """How many rows all files hold together."""
        return sum(record.rows for splits in self.configs.values() for record in splits.values())

    @property
    def withheld(self) -> tuple[str, ...]:
        """The configs that ship ids alone."""
        return tuple(
            config
            for config, splits in self.configs.items()
            if any(record.shipped for record in splits.values())
        )

    def to_json(self) -> dict[str, Any]:
        """The manifest as JSON has it; what says nothing is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


def split_path(root: Path, config: str, split: str) -> Path:
    """Where the parquet file of one config and split lies."""
    return root / "data" / config / f"{split}.parquet"


def check_rows(where: object, rows: Sequence[Mapping[str, Any]], record: SplitRecord) -> None:
    """Raise ``DataError`` where the rows of a file are not those of its record."""
    if len(rows) != record.rows:
        raise DataError(f"{where}: {len(rows)} rows, but {MANIFEST_NAME} says {record.rows}")
    if rows_fingerprint(rows) != record.in_file:
        raise DataError(
            f"{where}: the rows are not those of {MANIFEST_NAME} (fingerprints differ); "
            "build or download the release again"
        )


def write_manifest(root: Path, manifest: ReleaseManifest) -> None:
    """Write ``release.json``."""
    write_json(root / MANIFEST_NAME, manifest.to_json())
