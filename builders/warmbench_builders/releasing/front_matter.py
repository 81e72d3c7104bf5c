"""The YAML at the head of a dataset card: what the Hub and ``load_dataset`` read."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import yaml

from warmbench.conditions import Context
from warmbench.data.any_release import AnyRelease
from warmbench.data.release import OPEN_PREFIX, Manifest
from warmbench.data.sft_release import SPLITS as SFT_SPLITS
from warmbench.records.conversation import CONVERSATION_SCHEMA, Version
from warmbench.records.item import ITEM_SCHEMA
from warmbench.tasks.registry import all_tasks
from warmbench_builders.releasing.licence_table import is_all_open

__all__ = ["DEFAULT_CONFIG", "config_files", "front_matter", "schema_of"]

DEFAULT_CONFIG = "open"
"""All of the open pool, split by context."""

_SPLITS = (*(context.value for context in Context), *SFT_SPLITS)

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))


class _Plain(yaml.SafeDumper):
    """Writes what stands twice twice: readers of cards need not know YAML's anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def front_matter(release: AnyRelease) -> str:
    """The head of README.md, its two ``---`` lines included."""
    head: dict[str, Any] = {
        "pretty_name": f"{_pretty_name(release)} {release.manifest.version}",
        "language": ["en"],
        **_licence(release),
        "task_categories": _categories(release),
        "size_categories": [_size_category(release.manifest.rows)],
        "tags": ["warmbench", "benchmark", "warmth", "sycophancy", "empathy", "evaluation"],
        "configs": _configs(release),
        "dataset_info": _dataset_info(release),
    }
    text = yaml.dump(head, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{text}---\n"


def schema_of(release: AnyRelease) -> pa.Schema:
    """The columns that all files of a release have."""
    return ITEM_SCHEMA if isinstance(release.manifest, Manifest) else CONVERSATION_SCHEMA


def config_files(release: AnyRelease) -> dict[str, dict[str, list[str]]]:
    """Config -> split -> paths, the default config first; it stands for several others' files."""
    configs = release.manifest.configs
    own = {
        config: {
            split: [f"data/{config}/{split}.parquet"]
            for split in _SPLITS
            if split in configs[config]
        }
        for config in sorted(configs, key=_place)
    }
    joined: dict[str, list[str]] = {}
    for config, splits in own.items():
        if config.startswith(OPEN_PREFIX):
            for split, paths in splits.items():
                joined.setdefault(split, []).extend(paths)
    return {DEFAULT_CONFIG: joined, **own} if joined else own


def _place(config: str) -> tuple[bool, int]:
    """Tasks in their order, those of the open pool after the others; versions in theirs."""
    order = [*all_tasks(), *(version.value for version in Version)]
    return config.startswith(OPEN_PREFIX), order.index(config.removeprefix(OPEN_PREFIX))


def _pretty_name(release: AnyRelease) -> str:
    return "WarmBench QA" if isinstance(release.manifest, Manifest) else "WarmBench SFT"


def _licence(release: AnyRelease) -> dict[str, str]:
    if is_all_open(release):
        return {"license": "cc-by-4.0"}
    return {"license": "other", "license_name": "several-see-the-card"}


def _categories(release: AnyRelease) -> list[str]:
    if isinstance(release.manifest, Manifest):
        return ["question-answering", "text-generation"]
    return ["text-generation"]


def _size_category(rows: int) -> str:
    return next((name for bound, name in _SIZES if rows < bound), "1M<n<10M")


def _configs(release: AnyRelease) -> list[dict[str, Any]]:
    configs = []
    for config, splits in config_files(release).items():
        entry: dict[str, Any] = {"config_name": config}
        if config == DEFAULT_CONFIG:
            entry["default"] = True
        entry["data_files"] = [
            {"split": split, "path": paths[0] if len(paths) == 1 else paths}
            for split, paths in splits.items()
        ]
        configs.append(entry)
    return configs


def _dataset_info(release: AnyRelease) -> list[dict[str, Any]]:
    rows = {f"data/{c}/{s}.parquet": record.rows for c, s, record in release.splits}
    features = [_feature(field) for field in schema_of(release)]
    return [
        {
            "config_name": config,
            "features": features,
            "splits": [
                {"name": split, "num_examples": sum(rows[path] for path in paths)}
                for split, paths in splits.items()
            ],
        }
        for config, splits in config_files(release).items()
    ]


def _feature(field: pa.Field) -> dict[str, Any]:
    if pa.types.is_list(field.type):
        inner = field.type.value_type
        if pa.types.is_struct(inner):
            return {"name": field.name, "list": [_feature(part) for part in inner]}
        return {"name": field.name, "list": str(inner)}
    return {"name": field.name, "dtype": str(field.type)}
