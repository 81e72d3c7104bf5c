"""What the manifests of all releases have in common: ``release.json``, its splits and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.data.fingerprint import rows_fingerprint
from warmbench.data.table import read_rows
from warmbench.errors import DataError, UsageError, first_problem
from warmbench.folders import write_json

__all__ = [
    "MANIFEST_NAME",
    "FileRecord",
    "ReleaseManifest",
    "SplitRecord",
    "check_count",
    "check_rows",
    "read_manifest",
    "read_split",
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


_Manifest = TypeVar("_Manifest", bound=ReleaseManifest)


def read_manifest(root: Path, kind: type[_Manifest], what: str, command: str) -> _Manifest:
    """``release.json`` of a folder. ``what`` it should be of ("a QA release") and the ``command``
    that makes such folders, for the words of the ``DataError`` where there is none, or it is
    malformed."""
    path = root / MANIFEST_NAME
    if not path.is_file():
        raise DataError(f"{root}: no {MANIFEST_NAME} here; give a folder made by `{command}`")
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(
            f"{path}: not {what} ({first_problem(error)}); give a folder made by `{command}`"
        ) from None


def read_split(
    root: Path, config: str, split: str, record: SplitRecord, schema: pa.Schema, license: str
) -> list[dict[str, Any]]:
    """The rows of one file, which are those of its record.

    Raises ``UsageError`` where it holds ids alone (``license`` forbids more), ``DataError`` where
    it is damaged.
    """
    if record.shipped:
        raise UsageError(
            f"{root}: {config} contains only ids because of its licence ({license}); its "
            "README.md explains how to rebuild the rows"
        )
    path = split_path(root, config, split)
    rows = read_rows(path)
    if missing := [name for name in schema.names if name not in rows[0]]:
        raise DataError(f"{path}: the column {missing[0]!r} is missing")
    try:
        check_rows(path, rows, record)
    except DataError as error:
        raise DataError(f"{error}; build or download the release again") from None
    return rows


def split_path(root: Path, config: str, split: str) -> Path:
    """Where the parquet file of one config and split lies."""
    return root / "data" / config / f"{split}.parquet"


def check_rows(where: object, rows: Sequence[Mapping[str, Any]], record: SplitRecord) -> None:
    """Raise ``DataError`` where the rows of a file are not those of its record."""
    check_count(where, rows, record)
    if rows_fingerprint(rows) != record.in_file:
        raise DataError(f"{where}: the rows are not those of {MANIFEST_NAME} (fingerprints differ)")


def check_count(where: object, rows: Sequence[Mapping[str, Any]], record: SplitRecord) -> None:
    """Raise ``DataError`` where a file has not as many rows as its record."""
    if len(rows) != record.rows:
        raise DataError(f"{where}: {len(rows):,} rows, but {MANIFEST_NAME} says {record.rows:,}")


def write_manifest(root: Path, manifest: ReleaseManifest) -> None:
    """Write ``release.json``."""
    write_json(root / MANIFEST_NAME, manifest.to_json())
