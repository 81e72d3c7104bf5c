"""A built release as tables for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import takewhile
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.data.diff.release_diff import NameDiff, Part, ReleaseDiff
from warmbench.data.diff.version_step import reasons_of, verdict_on
from warmbench.data.manifest import MANIFEST_NAME, ReleaseManifest
from warmbench.data.release import JUDGING_CONFIG, Release
from warmbench.reporting.console.table import plain_table
from warmbench.reporting.visible_text import visible_text

__all__ = ["diff_json", "print_diff", "print_release", "shortened"]


def print_release(release: Release) -> None:
    """A built release: what each config holds, where it came from, what was left out and why."""
    console = Console(highlight=False)
    table = plain_table(
        f"{release.manifest.name} {release.version}",
        "config", "source", "read", "questions", "items", left=2,
    )  # fmt: skip
    sources = release.manifest.sources
    for config, source in sources.items():
        if config not in release.configs:
            continue
        items = sum(split.rows for split in release.manifest.configs[config].values())
        name = escape(source.name)
        table.add_row(config, name, f"{source.read:,}", f"{source.kept:,}", f"{items:,}")
    console.print(table, crop=False)
    for config, source in sources.items():
        for reason, count in source.dropped.items():
            console.print(f"[dim]{config} left out {count:,}: {escape(reason)}[/dim]")
    if parts := release.manifest.configs.get(JUDGING_CONFIG):
        answers = ", ".join(f"{part} {split.rows:,}" for part, split in parts.items())
        console.print(f"{JUDGING_CONFIG}: labelled answers, {answers}")
    console.print(f"Fingerprint {release.fingerprint}", soft_wrap=True)
    console.print(f"Release: {escape(str(release.path))}", soft_wrap=True)


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
    the verdict. Text from a release is printed with hidden characters written out."""
    console = Console(highlight=False)
    verdict, reasons, rows = verdict_on(diff), reasons_of(diff), diff.rows
    console.print(f"[bold]{_title(diff)}[/bold]", soft_wrap=True)
    if not reasons:
        console.print("Nothing differs.")
    for reason in reasons:
        console.print(f"{reason.bump.word:>5}  {_plain(reason.text)}", soft_wrap=True)
    if counts := rows.counts():
        console.print(_count_table(counts), crop=False)
    _print_manifest(console, diff.manifest)
    _print_changes(console, diff, limit)
    _print_ids(console, "Removed", rows.removed, limit)
    _print_ids(console, "Added", rows.added, limit)
    colour = "red" if not verdict.is_right else "yellow" if verdict.is_larger else "green"
    console.print(f"[{colour}]{_plain(verdict.sentence)}[/{colour}]", soft_wrap=True)


def _title(diff: ReleaseDiff) -> str:
    old, new = (f"{_plain(m.name)} {_plain(m.version)}" for m in (diff.old, diff.new))
    return f"{old} -> {new}"


_KINDS = ("added", "removed", "changed")


def _count_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """One line a config; parts that changed nowhere are left out."""
    parts = [part for part in Part if any(row[part] for row in counts.values())]
    kinds = (*_KINDS, *parts)
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
    changes = diff.rows.changed
    shown = diff.rows.examples(limit)
    if shown:
        console.print("[bold]Changed[/bold]")
    for change in shown:
        console.print(
            f"{_plain(change.where)} [dim]{', '.join(change.parts)}[/dim]", soft_wrap=True
        )
        for line in _lines(change.values):
            console.print(line, soft_wrap=True)
    _print_left_out(console, len(changes) - len(shown))


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


def _plain(text: str) -> str:
    return escape(" ".join(visible_text(text).split()))


def diff_json(diff: ReleaseDiff, limit: int | None) -> dict[str, Any]:
    """Everything that differs. ``rows`` names every row; ``examples`` has the old and new values
    of at most ``limit`` changed rows (None: all)."""
    verdict, rows = verdict_on(diff), diff.rows
    return {
        "old": _release(diff.old),
        "new": _release(diff.new),
        "needed": verdict.needed.word,
        "expected_version": verdict.expected,
        "version_is_right": verdict.is_right,
        "version_is_larger_than_needed": verdict.is_larger,
        "verdict": verdict.sentence,
        "reasons": [{"bump": r.bump.word, "text": r.text} for r in reasons_of(diff)],
        "metric_version": _pair(diff.metric_version),
        "configs": _added_and_removed(diff.configs),
        "splits": _added_and_removed(diff.splits),
        "counts": {
            config: {kind: counts[kind] for kind in (*_KINDS, *Part)}
            for config, counts in rows.counts().items()
        },
        "rows": {
            "added": rows.added,
            "removed": rows.removed,
            "changed": [
                {"row": c.where, "parts": c.parts, "columns": list(c.values)} for c in rows.changed
            ],
        },
        "examples": [{"row": c.where, "columns": _pairs(c.values)} for c in rows.examples(limit)],
        "withheld": {
            "changed_but_unknown": rows.unknown,
            "now_shipped": rows.now_shipped,
            "now_withheld": rows.now_withheld,
            "rewritten": rows.rewritten,
        },
        "manifest": _pairs(diff.manifest),
        "files": asdict(diff.files),
    }


def _release(manifest: ReleaseManifest) -> dict[str, Any]:
    return manifest.model_dump(include={"name", "version", "fingerprint"})


def _added_and_removed(names: NameDiff) -> dict[str, Sequence[str]]:
    return {"added": names.added, "removed": names.removed}


def _pair(values: tuple[Any, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {"old": values[0], "new": values[1]}


def _pairs(values: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    return {name: _pair(pair) for name, pair in values.items()}
