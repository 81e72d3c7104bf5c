"""The dataset card, README.md: what the data is, where it is from, how to load and to cite it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from warmbench.conditions import CONTEXT_GROUPS, Belief, Context
from warmbench.data.any_release import AnyRelease
from warmbench.data.citation import PAPER, citation_of
from warmbench.data.release import Manifest
from warmbench_builders.releasing.columns import COLUMNS
from warmbench_builders.releasing.front_matter import (
    DEFAULT_CONFIG,
    config_files,
    front_matter,
    schema_of,
)
from warmbench_builders.releasing.licence_table import source_lines

__all__ = ["card_text"]


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
        columns=[(name, COLUMNS[name]) for name in schema_of(release).names],
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
