"""``warmbench compare``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from warmbench.cli.options import FOLDER, json_option, open_judged_run, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from warmbench.scoring.compare import ComparedLoss, Comparison

__all__ = ["compare"]


@click.command()
@click.argument("first", type=FOLDER)
@click.argument("second", type=FOLDER)
@click.option(
    "--arm", metavar="NAME", help="Arm to compare, warm or cold.  [default: warm, if both have it]"
)
@json_option
def compare(first: Path, second: Path, arm: str | None, as_json: bool) -> None:
    """Compare the losses of two runs on the same release.

    Prints the loss of SECOND minus that of FIRST: positive if SECOND loses more. The difference is
    paired, on the items that both runs share, with intervals clustered by question.
    """
    from warmbench import api

    found = api.compare(open_judged_run(first), open_judged_run(second), arm=arm)
    if as_json:
        print_json(found.to_json())
    else:
        _print(found)


def _print(found: Comparison) -> None:
    from rich.console import Console
    from rich.markup import escape

    from warmbench.reporting.console.table import interval_text, origin_line

    console = Console(highlight=False)
    for name, side in (("First", found.first), ("Second", found.second)):
        models = side.models
        console.print(
            f"{name}: {escape(side.path)}, {escape(models['original'])} (original) against "
            f"[bold]{escape(models['treated'])}[/bold] ({side.arm})"
        )
    console.print(
        f"[bold]Second minus first {interval_text(found.headline.difference)} points[/bold] of "
        f"loss, {_meaning(found.headline)}"
    )
    counts = found.items
    console.print(
        f"On {counts['both']:,} items that both have ({counts['first']:,} in the first, "
        f"{counts['second']:,} in the second)"
    )
    for note in found.notes:
        console.print(f"[yellow]{escape(note)}[/yellow]")
    kinds = {
        name: loss
        for name, loss in (("plain, no belief", found.plain), ("sycophancy", found.sycophancy))
        if loss
    }
    for title, rows in (("By task", found.tasks), ("By context", found.contexts), ("Also", kinds)):
        _print_table(console, title, rows)
    console.print(
        origin_line(
            found.first.record.release, found.first.judge, f"metric {found.first.metric_version}"
        )
    )


def _meaning(loss: ComparedLoss) -> str:
    from warmbench.reporting.console.table import interval_note

    low, high = loss.difference.low, loss.difference.high
    if low is None or high is None:
        return interval_note(loss.difference)
    if low > 0.0:
        return "95 % interval: the second loses more"
    if high < 0.0:
        return "95 % interval: the first loses more"
    return "95 % interval: inconclusive"


def _print_table(console: Console, title: str, rows: Mapping[str, ComparedLoss]) -> None:
    from warmbench.reporting.console.table import interval_text, plain_table, points

    columns = ("", "first", "second", "second minus first [95 % interval]", "questions")
    table = plain_table(title, *columns)
    for name, loss in rows.items():
        table.add_row(
            name,
            points(loss.first, sign=True),
            points(loss.second, sign=True),
            interval_text(loss.difference),
            f"{loss.difference.n:,}",
        )
    console.print(table, crop=False)
