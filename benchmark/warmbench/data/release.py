"""A QA release: a folder with ``release.json`` and one parquet file a config and split.

release.json
data/<config>/<context>.parquet      config = task, or ``open_<task>`` for the open pool
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.conditions import Context, Task
from warmbench.data.fingerprint import combined_fingerprint, rows_fingerprint
from warmbench.data.item import ITEM_SCHEMA, Item
from warmbench.data.table import read_rows, write_json, write_parquet
from warmbench.errors import DataError, UsageError, first_problem

__all__ = [
    "MANIFEST_NAME",
    "OPEN_PREFIX",
    "Manifest",
    "Release",
    "ReleaseRecord",
    "SourceRecord",
    "SplitRecord",
    "open_release_path",
    "read_release",
    "write_release",
]

MANIFEST_NAME = "release.json"
OPEN_PREFIX = "open_"
"""Configs of the open pool are called ``open_<task>``."""


class SourceRecord(BaseModel):
    """Where the questions of one config come from, and what became of its rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    revision: str
    license: str
    read: int
    kept: int
    dropped: dict[str, int]


class SplitRecord(BaseModel):
    """One parquet file: its rows and the fingerprint of their content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int
    fingerprint: str


class Manifest(BaseModel):
    """``release.json``: what makes two builds the same release."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    metric_version: str
    seed: int
    sources: dict[str, SourceRecord]
    configs: dict[str, dict[str, SplitRecord]]
    fingerprint: str


class ReleaseRecord(BaseModel):
    """Which data a run asked. Answers to questions of one's own have no version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str | None
    fingerprint: str


@dataclass(frozen=True)
class Release:
    """A release as read: its manifest and where it lies."""

    path: Path
    manifest: Manifest

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def fingerprint(self) -> str:
        return self.manifest.fingerprint

    @property
    def configs(self) -> tuple[str, ...]:
        return tuple(self.manifest.configs)

    def record(self) -> ReleaseRecord:
        """The release as a run remembers it."""
        return ReleaseRecord(
            name=self.manifest.name, version=self.version, fingerprint=self.fingerprint
        )

    def default_configs(self) -> tuple[str, ...]:
        """The configs that a run asks: each task's own; the open pool's where it has none."""
        chosen = []
        for task in Task:
            for config in (task.value, OPEN_PREFIX + task.value):
                if config in self.manifest.configs:
                    chosen.append(config)
                    break
        return tuple(chosen)

    def items(
        self, configs: Iterable[str] | None = None, contexts: Iterable[Context] | None = None
    ) -> list[Item]:
        """The items of some configs (default: ``default_configs``) and contexts, in file order.

        Raises ``UsageError`` for an unknown config, ``DataError`` for a damaged file.
        """
        chosen = self.default_configs() if configs is None else tuple(configs)
        wanted = tuple(Context) if contexts is None else tuple(contexts)
        items: list[Item] = []
        for config in chosen:
            if config not in self.manifest.configs:
                raise UsageError(
                    f"{self.path}: no config {config!r}; it has {', '.join(self.configs)}"
                )
            splits = self.manifest.configs[config]
            for context in wanted:
                if context.value in splits:
                    items.extend(self._read_split(config, context))
        return items

    def _read_split(self, config: str, context: Context) -> list[Item]:
        path = split_path(self.path, config, context.value)
        rows = read_rows(path)
        expected = self.manifest.configs[config][context.value]
        if len(rows) != expected.rows:
            raise DataError(f"{path}: {len(rows)} rows, but {MANIFEST_NAME} says {expected.rows}")
        if missing := [name for name in ITEM_SCHEMA.names if name not in rows[0]]:
            raise DataError(f"{path}: the column {missing[0]!r} is missing")
        if rows_fingerprint(rows) != expected.fingerprint:
            raise DataError(
                f"{path}: the rows are not those of {MANIFEST_NAME} (fingerprints differ); "
                "build or download the release again"
            )
        return [Item.from_row(row) for row in rows]


def split_path(root: Path, config: str, split: str) -> Path:
    """Where the parquet file of one config and split lies."""
    return root / "data" / config / f"{split}.parquet"


def open_release_path() -> Path:
    """The folder of the open release that ships inside the package."""
    return Path(str(files("warmbench.data").joinpath("open_release")))


def read_release(path: Path) -> Release:
    """The release in a folder; raises ``DataError`` when there is none or it is malformed."""
    manifest_path = path / MANIFEST_NAME
    if not manifest_path.is_file():
        raise DataError(f"{path}: no {MANIFEST_NAME} here; give a folder made by `warmbench build`")
    try:
        manifest = Manifest.model_validate_json(manifest_path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{manifest_path}: {first_problem(error)}") from None
    return Release(path, manifest)


def write_release(
    path: Path,
    configs: dict[str, Sequence[Item]],
    sources: dict[str, SourceRecord],
    *,
    version: str,
    metric_version: str,
    seed: int,
) -> Release:
    """Write the parquet files and ``release.json`` under an existing, empty folder ``path``."""
    splits: dict[str, dict[str, SplitRecord]] = {}
    for config, items in configs.items():
        splits[config] = {}
        for context in Context:
            rows = [item.to_row() for item in items if item.context is context]
            if rows:
                write_parquet(split_path(path, config, context.value), rows, ITEM_SCHEMA)
                splits[config][context.value] = SplitRecord(
                    rows=len(rows), fingerprint=rows_fingerprint(rows)
                )
    manifest = Manifest(
        name="warmbench-qa",
        version=version,
        metric_version=metric_version,
        seed=seed,
        sources=sources,
        configs=splits,
        fingerprint=_release_fingerprint(version, metric_version, splits),
    )
    write_json(path / MANIFEST_NAME, manifest.model_dump())
    return Release(path, manifest)


def _release_fingerprint(
    version: str, metric_version: str, splits: dict[str, dict[str, SplitRecord]]
) -> str:
    parts: dict[str, Any] = {"version": version, "metric_version": metric_version}
    for config, records in splits.items():
        for split, record in records.items():
            parts[f"{config}/{split}"] = record.fingerprint
    return combined_fingerprint(parts)
