"""A difference as tables for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.data.diff.release_diff import ReleaseDiff, counts_by_config, telling_changes
from warmbench.data.diff.row_change import RowChange
from warmbench.data.diff.version_step import reasons_of, verdict_on
from warmbench.data.manifest import MANIFEST_NAME
from warmbench.report.console.tables import plain_table
from warmbench.report.visible_text import visible_text

__all__ = ["print_diff", "shortened"]

_LENGTH = 60
"""Longest text of one value, in characters."""

_BEFORE = 15
"""How much of what is the same is shown before the first difference."""


def shortened(old: Any, new: Any) -> tuple[str, str]:
    """Both values as text on one line, cut to where they begin to differ.

    >>> shortened("Perth", ["Perth", "Sydney"])
    ('Perth', '["Perth", "Sydney"]')
    """
    one, other = _text(old), _text(new)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    start = max(0, same - _BEFORE) if max(len(one), len(other)) > _LENGTH else 0
    return _cut(one, start), _cut(other, start)


def _text(value: Any) -> str:
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and value and all(_is_message(part) for part in value):
        text = " ".join(f"{part['role']}: {part['content']}" for part in value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    return " ".join(visible_text(text).split())


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and {"role", "content"} <= value.keys()


def _cut(text: str, start: int) -> str:
    left_out = "…" if start else ""
    part = text[start:]
    return f"{left_out}{part if len(part) <= _LENGTH else part[: _LENGTH - 1] + '…'}" or "(empty)"


def print_diff(diff: ReleaseDiff, limit: int | None) -> None:
    """Why the number must change, the counts, at most ``limit`` rows of each kind (None: all) and
    the verdict. What a release says is printed as it stands, hidden characters written out."""
    console = Console(highlight=False)
    verdict = verdict_on(diff)
    console.print(f"[bold]{_title(diff)}[/bold]", soft_wrap=True)
    if diff.is_empty:
        console.print("Nothing differs.")
    for reason in reasons_of(diff):
        console.print(f"{reason.bump.word:>5}  {_plain(reason.text)}", soft_wrap=True)
    if diff.rows:
        console.print(_count_table(diff))
    _print_manifest(console, diff.manifest)
    _print_changes(console, diff, limit)
    _print_ids(console, "Removed", diff.removed, limit)
    _print_ids(console, "Added", diff.added, limit)
    colour = "red" if not verdict.is_right else "yellow" if verdict.is_larger else "green"
    console.print(f"[{colour}]{_plain(verdict.sentence)}[/{colour}]", soft_wrap=True)


def _title(diff: ReleaseDiff) -> str:
    old, new = (f"{_plain(m.name)} {_plain(m.version)}" for m in (diff.old, diff.new))
    return f"{old} -> {new}"


def _count_table(diff: ReleaseDiff) -> Table:
    """One line a config; kinds of which there is none are left out."""
    counts = counts_by_config(diff)
    kinds = [
        kind
        for kind in next(iter(counts.values()))
        if kind in ("added", "removed", "changed") or any(row[kind] for row in counts.values())
    ]
    table = plain_table("Rows", "config", *kinds)
    for config, row in counts.items():
        table.add_row(_plain(config), *(f"{row[kind]:,}" for kind in kinds))
    return table


def _print_manifest(console: Console, fields: Mapping[str, tuple[Any, Any]]) -> None:
    if fields:
        console.print(f"[bold]In {MANIFEST_NAME}[/bold]")
    for line in _lines(fields):
        console.print(line, soft_wrap=True)


def _print_changes(console: Console, diff: ReleaseDiff, limit: int | None) -> None:
    shown = telling_changes(diff, limit)
    if shown:
        console.print("[bold]Changed[/bold]")
    for change in shown:
        console.print(f"{_plain(change.where)} [dim]{_parts(change)}[/dim]", soft_wrap=True)
        for line in _lines(change.values):
            console.print(line, soft_wrap=True)
    _print_left_out(console, len(diff.changed) - len(shown))


def _print_ids(console: Console, title: str, ids: tuple[str, ...], limit: int | None) -> None:
    if ids:
        console.print(f"[bold]{title}[/bold]")
    for row_id in ids[:limit]:
        console.print(_plain(row_id), soft_wrap=True)
    _print_left_out(console, len(ids) - len(ids[:limit]))


def _print_left_out(console: Console, count: int) -> None:
    if count:
        console.print(f"[dim]… and {count:,} more; --all lists them[/dim]")


def _lines(values: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    for name, (old, new) in values.items():
        before, after = shortened(old, new)
        yield f"  {_plain(name)}: {escape(before)} [dim]->[/dim] {escape(after)}"


def _parts(change: RowChange) -> str:
    return ", ".join(change.parts)


def _plain(text: str) -> str:
    return escape(" ".join(visible_text(text).split()))
