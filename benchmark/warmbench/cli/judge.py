"""``warmbench judge``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.cli.options import FOLDER, json_option, print_json
from warmbench.errors import UsageError
from warmbench.tasks.registry import all_tasks

if TYPE_CHECKING:
    from warmbench.engines.engine import EngineOptions

__all__ = ["judge"]


@click.command()
@click.argument("target", metavar="RUN|FILE", type=FOLDER)
@click.option(
    "--judge",
    "judge_name",
    metavar="JUDGE[,JUDGE...]",
    default="reference",
    show_default=True,
    help="reference, llm:MODEL (a language model) or hybrid:MODEL (the references where they "
    "settle it, the model for the rest); several are a panel that votes.",
)
@click.option("--out", type=FOLDER, help="Where the verdicts on a FILE go (CSV, JSONL, parquet).")
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names of FILE.")
@click.option(
    "--task",
    type=click.Choice(tuple(all_tasks())),
    help="The task of a FILE that names none.",
)
@click.option("--concurrency", type=click.IntRange(1), default=16, show_default=True)
@click.option("--max-retries", type=click.IntRange(0), default=6, show_default=True)
@click.option("--timeout", type=click.FloatRange(1), default=120.0, show_default=True, help="s")
@click.option("--device", default="auto", show_default=True, help="For the local engines.")
@click.option(
    "--model-alias",
    metavar="NAME",
    multiple=True,
    help="A name by which the endpoint's replies call MODEL, where it is not the one asked for.",
)
@click.option(
    "--leave-failures",
    is_flag=True,
    help="Write verdicts though the model failed on some answers: these stay unscored.",
)
@click.option(
    "--tone-bias",
    metavar="N",
    type=click.IntRange(1),
    help="Measure too how kind and cold sentences around N answers of a RUN change the verdict.",
)
@json_option
def judge(target: Path, as_json: bool, **options: Any) -> None:
    """Give a verdict on every answer of a run, or of a file.

    A FILE (CSV, JSONL or parquet) has question, response, correct_answers and, if known, task,
    incorrect_answers and correct (a human's label: then agreement is printed too).

    MODEL is written engine:name[+adapter][@base_url], for example openai:gpt-4o-2024-08-06. Its
    replies are kept: stopped at any moment, the same command asks only what has no reply yet.
    """
    if target.is_dir() and (target / "run.json").is_file():
        _judge_run(target, options, as_json)
    else:
        _judge_file(target, options, as_json)


def _judge_run(path: Path, options: Mapping[str, Any], as_json: bool) -> None:
    from warmbench.cli.judging_progress import JudgingProgress
    from warmbench.judging.judge_run import judge_run
    from warmbench.report.console.scorecard import tone_bias_text
    from warmbench.report.console.verdicts import print_verdicts
    from warmbench.run.folder import RunFolder

    if options["out"] is not None:
        raise UsageError(f"{path}: --out is for a FILE; the verdicts on a run stay in it")
    folder = RunFolder.open(path)
    with JudgingProgress() as progress:
        judged = judge_run(
            folder,
            options["judge_name"],
            _engine_options(options),
            leave_failures=options["leave_failures"],
            tone_bias=options["tone_bias"] or 0,
            observer=progress,
        )
    if as_json:
        verdicts = str(folder.verdicts_path)
        print_json({"verdicts": verdicts, "rows": len(judged.verdicts), "judging": judged.record})
    else:
        print_verdicts(judged.verdicts, folder.verdicts_path)
        _print_record(judged.record)
        if "tone_bias" in judged.record:
            click.echo(tone_bias_text(judged.record["tone_bias"]))


def _judge_file(path: Path, options: Mapping[str, Any], as_json: bool) -> None:
    from dataclasses import asdict

    from warmbench.cli.judging_progress import JudgingProgress
    from warmbench.data.recorded_answers import parse_column_names, read_answers
    from warmbench.judging.agreement import measure_agreement
    from warmbench.judging.judge_file import judge_file
    from warmbench.report.console.verdicts import print_agreement

    if options["tone_bias"]:
        raise UsageError(f"{path}: --tone-bias is measured on the answers of a run, not of a file")
    rows = read_answers(path, parse_column_names(options["columns"]), options["task"])
    out = options["out"] or path.with_name(f"{path.stem}.verdicts.jsonl")
    with JudgingProgress() as progress:
        judged = judge_file(
            rows,
            out,
            options["judge_name"],
            _engine_options(options),
            leave_failures=options["leave_failures"],
            observer=progress,
        )
    pairs = list(zip(rows, judged.judgements, strict=True))
    labelled = [(row.correct, said) for row, said in pairs if row.correct is not None]
    agreement = measure_agreement(labelled)
    if as_json:
        print_json(
            {
                "verdicts": str(out),
                "rows": len(rows),
                "agreement": asdict(agreement),
                "judging": judged.record,
            }
        )
    else:
        print_agreement(pairs, agreement, out)
        _print_record(judged.record)


def _engine_options(options: Mapping[str, Any]) -> EngineOptions:
    from warmbench.engines.engine import EngineOptions

    return EngineOptions(
        concurrency=options["concurrency"],
        max_retries=options["max_retries"],
        timeout_s=options["timeout"],
        device=options["device"],
        model_aliases=options["model_alias"],
    )


def _print_record(record: Mapping[str, Any]) -> None:
    """What each model was asked, and how far a panel agrees."""
    for member in record.get("members", ()):
        _print_record(member)
    if requests := record.get("requests"):
        click.echo(
            f"{record['judge']}: {requests['asked']:,} requests, {requests['known']:,} answered "
            f"before, {requests['by_rule']:,} answers settled by rule, {requests['retried']:,} "
            f"asked twice, {requests['unread']:,} left unscored"
        )
    if "krippendorff_alpha" in record:
        alpha = record["krippendorff_alpha"]
        value = "not defined (all votes alike)" if alpha is None else f"{alpha:.3f}"
        click.echo(f"Krippendorff's alpha of the panel: {value}, {record['answers']:,} answers")
