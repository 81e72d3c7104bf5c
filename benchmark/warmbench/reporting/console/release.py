"""A built release as tables for people."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from warmbench.data.release import Release
from warmbench.reporting.console.table import plain_table

__all__ = ["print_release"]


def print_release(release: Release) -> None:
    """A built release: what each config holds, where it came from, what was left out and why."""
    console = Console(highlight=False)
    table = plain_table(
        f"{release.manifest.name} {release.version}",
        "config", "source", "read", "questions", "items", left=2,
    )  # fmt: skip
    for config, source in release.manifest.sources.items():
        items = sum(split.rows for split in release.manifest.configs[config].values())
        name = escape(source.name)
        table.add_row(config, name, f"{source.read:,}", f"{source.kept:,}", f"{items:,}")
    console.print(table)
    for config, source in release.manifest.sources.items():
        for reason, count in source.dropped.items():
            console.print(f"[dim]{config} left out {count:,}: {escape(reason)}[/dim]")
    console.print(f"Fingerprint {release.fingerprint}", soft_wrap=True)
    console.print(f"Release: {escape(str(release.path))}", soft_wrap=True)
