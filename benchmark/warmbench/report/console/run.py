"""A run as a person sees it: what it would ask, how it goes, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from warmbench.report.console.table import plain_table

__all__ = ["print_dry_run"]


def print_dry_run(estimated: Mapping[str, Any]) -> None:
    """What would be asked, of whom, with an estimate of tokens."""
    console = Console(highlight=False)
    by_task = ", ".join(f"{task} {count:,}" for task, count in estimated["items_by_task"].items())
    console.print(
        f"{estimated['items']:,} items of {estimated['questions']:,} questions ({by_task})"
        + (f", and {estimated['prompts']:,} prompts for warmth" if estimated["prompts"] else "")
    )
    table = plain_table(None, "arm", "model", "requests", "prompt tokens, about",
                   "answer tokens, at most", "dollars, at most", left=2)  # fmt: skip
    for arm, row in estimated["arms"].items():
        dollars = row["dollars_at_most"]
        table.add_row(
            arm,
            escape(row["model"]),
            f"{row['requests']:,}",
            f"{row['prompt_tokens_estimated']:,}",
            f"{row['completion_tokens_at_most']:,}",
            "price unknown" if dollars is None else f"{dollars:,.2f}",
        )
    console.print(table)
    console.print(f"First: {escape(estimated['example'])}")
