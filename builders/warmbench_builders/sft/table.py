"""What ``build sft`` prints: what each step dropped, then what the release holds."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.data.sft_release import SFTManifest, SFTRelease

__all__ = ["print_sft_release"]


def print_sft_release(release: SFTRelease) -> None:
    """A line a step and reason, the splits, the tools used and the fingerprint."""
    manifest, source = release.manifest, release.manifest.source
    console = Console(highlight=False)
    console.print(f"[bold]{manifest.name} {manifest.version}[/bold] from {escape(source.name)}")
    if source.dropped:
        console.print(_drop_table(manifest))
    if source.available:
        counts = ", ".join(f"{name} {count:,}" for name, count in source.available.items())
        console.print(f"Labelled: {counts}")
    for step, tool in source.tools.items():
        console.print(f"[dim]{step}: {escape(tool)}[/dim]")
    console.print(_split_table(manifest))
    console.print(f"Warm and cold replies: {_rewriting(manifest)}")
    console.print(f"Fingerprint {release.manifest.fingerprint}", soft_wrap=True)
    console.print(f"Release: {escape(str(release.path))}", soft_wrap=True)


def _rewriting(manifest: SFTManifest) -> str:
    """Who wrote them, and whether this build checked each against its original."""
    rewriter = escape(manifest.rewriter)
    if not manifest.checks:
        return f"{rewriter}, not checked again here"
    return f"rewritten by {rewriter}, checked by {escape(manifest.checks)}"


def _table(*columns: str, left: int) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number < left else "right", header_style="dim")
    return table


def _drop_table(manifest: SFTManifest) -> Table:
    table = _table("step", "dropped because", "dropped", "left", left=2)
    left = manifest.source.read
    table.add_row("source", "", "", f"{left:,}")
    for row in manifest.source.dropped:
        left -= row.dropped
        table.add_row(row.step, escape(row.reason), f"{row.dropped:,}", f"{left:,}")
    return table


def _split_table(manifest: SFTManifest) -> Table:
    splits = sorted({split for records in manifest.configs.values() for split in records})
    table = _table("config", *splits, left=1)
    for config, records in manifest.configs.items():
        rows = (f"{records[split].rows:,}" if split in records else "0" for split in splits)
        table.add_row(config, *rows)
    return table
