"""The dataset card, README.md, with the front matter that the Hub and ``load_dataset`` read."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pyarrow as pa
import yaml

from warmbench.conditions import CONTEXT_GROUPS, Belief, Context
from warmbench.data.any_release import AnyRelease
from warmbench.data.citation import PAPER, citation_of
from warmbench.data.release import JUDGING_CONFIG, Manifest
from warmbench_builders.releasing.contents import (
    COLUMNS,
    DEFAULT_CONFIG,
    config_files,
    is_all_open,
    source_lines,
)

__all__ = ["card_text", "front_matter"]


def card_text(release: AnyRelease, repo: str, canary: str) -> str:
    """The card in Markdown, front matter first.

    ``repo``: where it will be published, for the examples. ``canary``: the string in every row.
    """
    is_qa = isinstance(release.manifest, Manifest)
    body: str = _template("card_qa.md.jinja" if is_qa else "card_sft.md.jinja").render(
        manifest=release.manifest,
        repo=repo,
        tag=f"v{release.manifest.version}",
        rows=release.manifest.rows,
        columns=_columns(release, DEFAULT_CONFIG),
        judging=_judging(release),
        judging_columns=_columns(release, JUDGING_CONFIG),
        sources=source_lines(release),
        withheld=release.manifest.withheld,
        configs=_config_lines(release),
        example=_example(release),
        canary=canary,
        citation=citation_of(release.record()),
        paper=PAPER,
        contexts=list(Context),
        groups={name: [c.value for c in members] for name, members in CONTEXT_GROUPS.items()},
        beliefs=list(Belief),
    )
    return front_matter(release) + "\n" + body.strip() + "\n"


def _columns(release: AnyRelease, config: str) -> list[tuple[str, str]]:
    return [(name, COLUMNS[name]) for name in release.schema(config).names]


def _judging(release: AnyRelease) -> dict[str, int]:
    """Part of the judging set -> its rows; empty where the release has none."""
    splits = release.manifest.configs.get(JUDGING_CONFIG, {})
    return {part: record.rows for part, record in splits.items()}


def _template(name: str) -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # Markdown, not HTML; all that goes in is our own
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    source = files("warmbench_builders.releasing").joinpath(name).read_text(encoding="utf-8")
    return environment.from_string(source)


def _config_lines(release: AnyRelease) -> list[tuple[str, str, int]]:
    """Config, its splits in words, its rows."""
    rows = {f"data/{c}/{s}.parquet": record.rows for c, s, record in release.splits}
    return [
        (
            config,
            ", ".join(splits) if len(splits) < 10 else "one a context",
            sum(rows[path] for paths in splits.values() for path in paths),
        )
        for config, splits in config_files(release).items()
    ]


def _example(release: AnyRelease) -> tuple[str, str]:
    """A config and a split to load as an example: sad questions, or warm conversations."""
    wanted = {"truthfulqa", "open_truthfulqa", "warm"}
    configs = {c: splits for c, splits in config_files(release).items() if c != DEFAULT_CONFIG}
    withheld = release.manifest.withheld
    named = [config for config in configs if config in wanted and config not in withheld]
    config = next(iter(named or configs))
    return config, "sadness" if "sadness" in configs[config] else next(iter(configs[config]))


_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))


class _Plain(yaml.SafeDumper):
    """Writes repeated values out: readers of cards need not know YAML's anchors."""

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
    return [
        {
            "config_name": config,
            "features": [_feature(field) for field in release.schema(config)],
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
