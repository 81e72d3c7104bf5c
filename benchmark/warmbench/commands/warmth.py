"""``warmbench warmth``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.commands.options import FOLDER, json_option
from warmbench.warmth import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.table import Table

    from warmbench.warmth import WarmthMeasure

__all__ = ["warmth"]


@click.command()
@click.argument("target", metavar="RUN|FILE", type=FOLDER)
@click.option(
    "--measure",
    "measure_name",
    type=click.Choice(sorted(MEASURES)),
    default="lexical",
    show_default=True,
)
@click.option("--model", metavar="NAME", help="Model of a sociot measure (else gpt2).")
@click.option("--revision", metavar="COMMIT", help="Revision of the model on the Hub.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, mps.")
@click.option("--passes", type=int, help="Passes with dropout of sociot-humtdumt (else 100).")
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names of FILE.")
@click.option("--by", metavar="COLUMN", help="Also split FILE by this column.")
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
    """Measure how warm the answers of a run, or of a file, are.

    A FILE (CSV, JSONL or parquet) has response and, if known, arm and what was asked (item_id,
    conversation_id or question): then the gain of each arm over 'original' is printed too.
    """
    from warmbench.errors import DataError, UsageError
    from warmbench.tables import print_json
    from warmbench.warmth import open_measure

    is_run = target.is_dir()
    if is_run and not (target / "run.json").is_file():
        raise DataError(f"{target}: neither a file nor a run folder (no run.json)")
    if is_run and (columns or by):
        raise UsageError(f"{target}: --columns and --by are for a file; this is a run folder")
    measure = open_measure(measure_name, model, revision, device, passes)
    found = _of_run(target, measure) if is_run else _of_file(target, measure, columns, by)
    if as_json:
        print_json(found)
    else:
        _print(found, by)


def _of_run(path: Path, measure: WarmthMeasure) -> dict[str, Any]:
    from warmbench.errors import DataError
    from warmbench.run_folder import RunFolder
    from warmbench.warmth.warmth_of_run import warmth_of_run

    found = warmth_of_run(RunFolder.open(path), measure)
    if found is None:
        raise DataError(
            f"{path}: the run holds no answers to the warmth prompts; run it with --warmth-prompts"
        )
    return found


def _of_file(
    path: Path, measure: WarmthMeasure, columns: str | None, by: str | None
) -> dict[str, Any]:
    from warmbench.progress import counted
    from warmbench.warmth.file_warmth import parse_columns, read_texts, warmth_of_texts

    rows = read_texts(path, parse_columns(columns), by)
    with counted("scoring", len(rows)) as tick:
        return warmth_of_texts(rows, measure, tick)


def _print(found: Mapping[str, Any], by: str | None) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(
        title=f"Warmth by {escape(found['measure'])}, higher is warmer (95 % intervals)",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    for name in ([by] if by else []) + ["arm"]:
        table.add_column(escape(name))
    table.add_column("texts", justify="right")
    table.add_column("warmth", justify="right")
    table.add_column("gain over original", justify="right")
    table.add_column("prompts", justify="right")
    _add_rows(table, found, ["all"] if by else [])
    for group, part in found.get("by", {}).items():
        _add_rows(table, part, [escape(group) or "(empty)"])
    console.print(table)


def _add_rows(table: Table, part: Mapping[str, Any], first: list[str]) -> None:
    from rich.markup import escape

    from warmbench.report.wording import NO_VALUE

    gains = part["gains"]
    for arm, mean in part["arms"].items():
        gain = gains.get(arm)
        # A file's mean has an interval of its own; a run's is a number, or None without answers.
        value = mean if isinstance(mean, dict) or mean is None else {"value": mean, "low": None}
        texts = (value or {}).get("texts")
        table.add_row(
            *first,
            escape(arm),
            NO_VALUE if texts is None else f"{texts:,}",
            _figure(value),
            NO_VALUE if gain is None else _figure(gain, sign="+"),
            NO_VALUE if gain is None else f"{gain['prompts']:,}",
        )


def _figure(value: Mapping[str, Any] | None, sign: str = "") -> str:
    """``+3.20 [2.10, 4.30]``, or without the brackets where there is no interval; four decimals
    below 1, as a sociot score is often under 0.1."""
    from warmbench.report.wording import NO_VALUE

    if value is None:
        return NO_VALUE
    digits = 2 if abs(value["value"]) >= 1 else 4
    text = f"{value['value']:{sign}.{digits}f}"
    if value["low"] is None:
        return text
    return f"{text} [{value['low']:.{digits}f}, {value['high']:.{digits}f}]"
