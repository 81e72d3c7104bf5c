"""A QA release: a folder with ``release.json`` and one parquet file a config and split.

release.json
rows.sha256                          the fingerprint of every row
data/<config>/<context>.parquet      config = task, or ``open_<task>`` for the open pool
data/judging/<part>.parquet          labelled answers to such questions, to measure judges on

A run asks nothing of ``judging``, so that the release's fingerprint does not depend on it: its
splits have fingerprints of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from warmbench.conditions import Belief, Context
from warmbench.data.fingerprint import (
    ROWS_NAME,
    SplitHashes,
    combined_fingerprint,
    joined_fingerprint,
    read_row_hashes,
    row_fingerprint,
    row_id_of,
    write_row_hashes,
)
from warmbench.data.manifest import (
    MANIFEST_NAME,
    ReleaseManifest,
    SplitRecord,
    check_count,
    read_manifest,
    read_split,
    split_path,
    write_manifest,
)
from warmbench.data.table import read_columns, read_rows_named, write_table
from warmbench.errors import DataError, UsageError
from warmbench.records.item import ITEM_SCHEMA, Item, ItemName
from warmbench.records.labelled_answer import LABELLED_ANSWER_SCHEMA, LabelledAnswer, Part
from warmbench.records.release import ReleaseRecord
from warmbench.tasks.registry import all_tasks

__all__ = [
    "JUDGING_CONFIG",
    "OPEN_PREFIX",
    "OPEN_SOURCE",
    "QA_NAME",
    "ConfigContent",
    "JudgingContent",
    "Manifest",
    "Release",
    "SourceRecord",
    "open_release_path",
    "read_release",
    "release_fingerprint",
    "write_release",
]

QA_NAME = "warmbench-qa"

OPEN_PREFIX = "open_"
"""Configs of the open pool are called ``open_<task>``."""

JUDGING_CONFIG = "judging"
"""The config of labelled answers."""

OPEN_SOURCE = "warmbench-open-pool"
"""The source of the open pool's questions, as their rows name it."""


class SourceRecord(BaseModel):
    """Where the questions of one config come from, and what became of its rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    revision: str
    license: str
    read: int
    kept: int
    dropped: dict[str, int]


class Manifest(ReleaseManifest):
    """``release.json`` of a QA release: what makes two builds the same."""

    metric_version: str
    sources: dict[str, SourceRecord]


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
        """Those that hold items."""
        return tuple(name for name in self.manifest.configs if name != JUDGING_CONFIG)

    def record(self) -> ReleaseRecord:
        """The release as a run remembers it."""
        return ReleaseRecord(
            name=self.manifest.name,
            version=self.version,
            fingerprint=self.fingerprint,
            released=self.manifest.released,
        )

    def default_configs(self) -> tuple[str, ...]:
        """The configs that a run asks: each task's own; the open pool's where it has none, or
        where its rows are withheld."""
        chosen = []
        withheld = self.manifest.withheld
        for name, task in all_tasks().items():
            for config in (name, task.open_config):
                if config in self.manifest.configs and config not in withheld:
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
            if config not in self.configs:
                raise UsageError(
                    f"{self.path}: no config {config!r}; it has {', '.join(self.configs)}"
                )
            splits = self.manifest.configs[config]
            for context in wanted:
                if context.value in splits:
                    items.extend(self._read_split(config, context))
        return items

    def names(
        self, tasks: Collection[str] = (), contexts: Collection[Context] = ()
    ) -> list[ItemName]:
        """What the default configs hold for some tasks and contexts (empty: all), in file order.

        Only the columns that name an item are read. Raises ``DataError`` for a damaged file.
        """
        return [
            name
            for config in self.default_configs()
            for context in Context
            if context.value in self.manifest.configs[config]
            and (not contexts or context in contexts)
            and (not tasks or config.removeprefix(OPEN_PREFIX) in tasks)
            for name in self._names(config, context)
        ]

    def items_named(self, names: Iterable[ItemName]) -> list[Item]:
        """The items of these names, in their order. No other row is decoded or hashed where
        ``rows.sha256`` says what a row must be.

        Raises ``DataError`` for a damaged file.
        """
        ordered = list(names)
        by_split: dict[tuple[str, Context], set[str]] = {}
        for name in ordered:
            by_split.setdefault((name.config, name.context), set()).add(name.item_id)
        found = {
            row["item_id"]: Item.from_row(row)
            for (config, context), ids in by_split.items()
            for row in self._rows_named(config, context, ids)
        }
        return [found[name.item_id] for name in ordered]

    def judging_record(self, part: Part) -> ReleaseRecord | None:
        """One part of the judging set, as a check remembers it; None where it is not here."""
        record = self.manifest.configs.get(JUDGING_CONFIG, {}).get(part.value)
        if record is None:
            return None
        return ReleaseRecord(
            name=f"{self.manifest.name}/{JUDGING_CONFIG}",
            version=self.version,
            fingerprint=record.fingerprint,
            released=self.manifest.released,
        )

    def labelled_answers(self, part: Part) -> list[LabelledAnswer]:
        """The answers of one part of the judging set, in the order of their ids.

        Raises ``UsageError`` where the release has no such config, ``DataError`` for a damaged
        file.
        """
        record = self.manifest.configs.get(JUDGING_CONFIG, {}).get(part.value)
        if record is None:
            raise UsageError(f"{self.path}: has no config {JUDGING_CONFIG!r}")
        license = self.manifest.sources[JUDGING_CONFIG].license
        rows = read_split(
            self.path, JUDGING_CONFIG, part.value, record, LABELLED_ANSWER_SCHEMA, license
        )
        return [LabelledAnswer.from_row(row) for row in rows]

    def _read_split(self, config: str, context: Context) -> list[Item]:
        return [Item.from_row(row) for row in self._rows(config, context)]

    def _rows(self, config: str, context: Context) -> list[dict[str, Any]]:
        record = self.manifest.configs[config][context.value]
        license = self.manifest.sources[config].license
        return read_split(self.path, config, context.value, record, ITEM_SCHEMA, license)

    def _names(self, config: str, context: Context) -> Iterator[ItemName]:
        path = split_path(self.path, config, context.value)
        rows = read_columns(path, ["item_id", "question_id", "task", "belief"])
        check_count(path, rows, self.manifest.configs[config][context.value])
        for row in rows:
            yield ItemName(
                item_id=row["item_id"],
                question_id=row["question_id"],
                task=row["task"],
                context=context,
                belief=Belief(row["belief"]),
                config=config,
            )

    def _rows_named(
        self, config: str, context: Context, item_ids: Collection[str]
    ) -> list[dict[str, Any]]:
        record = self.manifest.configs[config][context.value]
        hashes = self._row_hashes.get(f"{config}/{context.value}")
        if hashes is None or len(item_ids) == record.rows:
            return [row for row in self._rows(config, context) if row["item_id"] in item_ids]
        path = split_path(self.path, config, context.value)
        if joined_fingerprint(hashes.values()) != record.in_file:
            raise DataError(
                f"{self.path / ROWS_NAME}: the rows of {config}/{context.value} are not those of "
                f"{MANIFEST_NAME}"
            )
        rows = read_rows_named(path, "item_id", item_ids)
        for row in rows:
            if row_fingerprint(row) != hashes.get(row["item_id"]):
                raise DataError(
                    f"{path}: {row['item_id']} is not the row that {ROWS_NAME} names; build or "
                    "download the release again"
                )
        return rows

    @cached_property
    def _row_hashes(self) -> SplitHashes:
        return read_row_hashes(self.path) or {}


def open_release_path() -> Path:
    """The folder of the open release that ships inside the package."""
    return Path(str(files("warmbench.data").joinpath("open_release")))


def read_release(path: Path) -> Release:
    """The release in a folder; raises ``DataError`` when there is none or it is malformed."""
    return Release(path, read_manifest(path, Manifest, "a QA release", "warmbench build qa"))


Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class ConfigContent:
    """One config to be written: its name, where its questions come from, and its items."""

    config: str
    source: SourceRecord
    items: Iterable[Item]
    schema: ClassVar[pa.Schema] = ITEM_SCHEMA

    def splits(self) -> Iterator[tuple[str, Rows]]:
        """The rows of each context that has any, in the order of the contexts."""
        by_context: dict[Context, list[Item]] = {context: [] for context in Context}
        for item in self.items:
            by_context[item.context].append(item)
        for context in Context:
            if chosen := by_context.pop(context):
                yield context.value, [item.to_row() for item in chosen]


@dataclass(frozen=True)
class JudgingContent:
    """The judging set to be written: where it comes from, and its answers."""

    source: SourceRecord
    answers: Sequence[LabelledAnswer]
    config: ClassVar[str] = JUDGING_CONFIG
    schema: ClassVar[pa.Schema] = LABELLED_ANSWER_SCHEMA

    def splits(self) -> Iterator[tuple[str, Rows]]:
        """The rows of each part."""
        for part in Part:
            yield part.value, [one.to_row() for one in self.answers if one.part is part]


def write_release(
    path: Path,
    contents: Iterable[ConfigContent | JudgingContent],
    *,
    version: str,
    metric_version: str,
    seed: int,
) -> Release:
    """Write the parquet files, ``rows.sha256`` and ``release.json`` into an empty folder ``path``.

    The contents are asked for one after the other; the items of one config at a time are held in
    memory.
    """
    splits: dict[str, dict[str, SplitRecord]] = {}
    hashes: dict[str, dict[str, str]] = {}
    sources: dict[str, SourceRecord] = {}
    # While one file is compressed and written, the rows of the next are made and hashed.
    with ThreadPoolExecutor(max_workers=1) as writer:
        writes = []
        for content in contents:
            sources[content.config] = content.source
            records = splits.setdefault(content.config, {})
            for split, rows in content.splits():
                table = pa.Table.from_pylist(rows, schema=content.schema)
                target = split_path(path, content.config, split)
                writes.append(writer.submit(write_table, target, table))
                found = [row_fingerprint(row) for row in rows]
                records[split] = SplitRecord(rows=len(rows), fingerprint=joined_fingerprint(found))
                ids = (row_id_of(row) for row in rows)
                hashes[f"{content.config}/{split}"] = dict(zip(ids, found, strict=True))
    for write in writes:
        write.result()
    manifest = Manifest(
        name=QA_NAME,
        version=version,
        metric_version=metric_version,
        seed=seed,
        sources=sources,
        configs=splits,
        fingerprint=release_fingerprint(version, metric_version, splits),
    )
    write_row_hashes(path, sorted(hashes.items()))  # builders finish in no fixed order
    write_manifest(path, manifest)
    return Release(path, manifest)


def release_fingerprint(
    version: str, metric_version: str, splits: Mapping[str, Mapping[str, SplitRecord]]
) -> str:
    """SHA-256 (hex) over the versions and the fingerprints of all splits that hold items."""
    parts: dict[str, Any] = {"version": version, "metric_version": metric_version}
    for config, records in splits.items():
        if config == JUDGING_CONFIG:
            continue
        for split, record in records.items():
            parts[f"{config}/{split}"] = record.fingerprint
    return combined_fingerprint(parts)
