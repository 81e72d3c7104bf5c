"""``warmbench warmth``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.cli.options import FOLDER, json_option, print_json
from warmbench.warmth.measure import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from warmbench.warmth.file_warmth import TextRow
    from warmbench.warmth.measure import WarmthMeasure

__all__ = ["warmth"]


@click.command()
@click.argument("target", metavar="RUN|FILE", type=FOLDER)
@click.option(
    "--measure",
    "measure_name",
    type=click.Choice(sorted(MEASURES)),
    default="lexical",
    show_default=True,
    help="How to measure warmth.",
)
@click.option(
    "--model", metavar="NAME", help="Language model of the sociot measures.  [default: gpt2]"
)
@click.option("--revision", metavar="COMMIT", help="Revision of --model on the Hub.")
@click.option(
    "--device", default="auto", show_default=True, help="Device of --model: auto, cpu, cuda or mps."
)
@click.option("--passes", type=int, help="Dropout passes of sociot-humtdumt.  [default: 100]")
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names in FILE.")
@click.option(
    "--by", metavar="COLUMN", help="Also print the warmth by the values of this column of FILE."
)
@json_option
def warmth(
    target: Path,
    measure_name: str,
    model: str | None,
    revision: str | None,
    device: str,
    passes: int | None,
    columns: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Measure the warmth of the answers of a run or a file.

    A FILE (CSV, JSONL or parquet) has the column response. With the columns arm and item_id,
    conversation_id or question, the gain of each arm over 'original' is printed too.
    """
    from warmbench.errors import DataError, UsageError
    from warmbench.warmth.measure import open_measure

    is_run = target.is_dir()
    if is_run and not (target / "run.json").is_file():
        raise DataError(f"{target}: not a file, and not a run folder (no run.json)")
    if is_run and (columns or by):
        raise UsageError(f"{target}: --columns and --by need a file, not a run folder")
    measure = open_measure(measure_name, model, revision, device, passes)
    found = _of_run(target, measure) if is_run else _of_file(target, measure, columns, by)
    if as_json:
        print_json(found)
    else:
        _print(found, by)


def _of_run(path: Path, measure: WarmthMeasure) -> dict[str, Any]:
    """As of a file, an arm without answers None; and how many prompts of which release it asked."""
    from warmbench.running.folder import RunFolder
    from warmbench.warmth.warmth_of_run import texts_of_run

    folder = RunFolder.open(path)
    record = folder.record()
    release = record.prompt_release
    found = _scored(texts_of_run(folder), measure)
    return {
        "prompts": record.prompts,
        "release": release.model_dump(mode="json") if release else None,
        **found,
        "arms": {arm.name: found["arms"].get(arm.name) for arm in record.study.arms},
    }


def _of_file(
    path: Path, measure: WarmthMeasure, columns: str | None, by: str | None
) -> dict[str, Any]:
    from warmbench.warmth.file_warmth import parse_columns, read_texts

    texts = read_texts(path, parse_columns(columns), by)
    return {**_scored(texts.rows, measure), "no_answer": texts.no_answer}


def _scored(rows: Sequence[TextRow], measure: WarmthMeasure) -> dict[str, Any]:
    from warmbench.reporting.console.live_progress import counted
    from warmbench.warmth.file_warmth import warmth_of_texts

    with counted("scoring", len(rows)) as tick:
        return warmth_of_texts(rows, measure, tick)


def _print(found: Mapping[str, Any], by: str | None) -> None:
    from rich.console import Console
    from rich.markup import escape

    from warmbench.reporting.console.table import WholeTable

    console = Console(highlight=False)
    table = WholeTable(
        title=f"Warmth by {escape(found['measure'])}, higher is warmer (95 % intervals)",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for name in ([by] if by else []) + ["arm"]:
        table.add_column(escape(name))
    for name in ("texts", "prompts", "warmth", "gain over original", "shared"):
        table.add_column(name, justify="right")
    _add_rows(table, found, ["all"] if by else [])
    for group, part in found.get("by", {}).items():
        _add_rows(table, part, [escape(group) or "(empty)"])
    console.print(table, crop=False)
    if missing := found.get("no_answer"):
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(missing.items()))
        console.print(f"Left out (no answer): {kinds}")
    console.print(
        "[dim]Texts to one prompt count once, as their mean; a text without a prompt counts by "
        "itself. Shared: prompts that the original answered too. There is no interval for a single "
        "prompt, or where all values are equal.[/dim]"
    )


def _add_rows(table: Table, part: Mapping[str, Any], first: list[str]) -> None:
    from rich.markup import escape

    from warmbench.reporting.wording import NO_VALUE

    gains = part["gains"]
    for arm, mean in part["arms"].items():
        gain = gains.get(arm)
        table.add_row(
            *first,
            escape(arm),
            f"{mean['texts']:,}" if mean else "0",
            f"{mean['n']:,}" if mean else "0",
            _number(mean) if mean else NO_VALUE,
            NO_VALUE if gain is None else _number(gain["gain"], sign=True),
            NO_VALUE if gain is None else f"{gain['gain']['n']:,}",
        )


def _number(found: Mapping[str, Any], *, sign: bool = False) -> str:
    """``+3.20 [2.10, 4.30]``, or without the brackets where there is no interval."""
    from warmbench.reporting import wording

    value = wording.warmth(found["value"], sign=sign)
    if found["low"] is None:
        return value
    return f"{value} [{wording.warmth(found['low'])}, {wording.warmth(found['high'])}]"
