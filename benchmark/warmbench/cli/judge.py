"""``warmbench judge``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.cli.options import (
    FOLDER,
    engine_options,
    json_option,
    judge_extras_options,
    print_json,
)
from warmbench.errors import UsageError
from warmbench.tasks.registry import all_tasks

if TYPE_CHECKING:
    from warmbench.engines.engine import EngineOptions
    from warmbench.judging.judge_settings import JudgeSettings

__all__ = ["judge"]


@click.command()
@click.argument("target", metavar="[RUN|FILE]", type=FOLDER, required=False)
@click.option(
    "--judge",
    "judge_name",
    metavar="JUDGE[,JUDGE...]",
    default="reference",
    show_default=True,
    help="reference (rules, and a small packaged model where they are unsure), "
    "llm:MODEL (asks a language model), "
    "hybrid:MODEL (asks the model only where the reference judge is unsure), "
    "rules (the rules alone), or "
    "nli:OWNER/MODEL[@REVISION] or nli:FOLDER (an inference model, where the rules are unsure). "
    "Several judges vote as a panel.",
)
@click.option(
    "--out",
    type=FOLDER,
    help="Where to write the verdicts on a FILE (CSV, JSONL, parquet), or the check.  "
    "[default: FILE.verdicts.jsonl, or JUDGE.check.json]",
)
@click.option("--columns", metavar="OURS=THEIRS,...", help="Column names in FILE.")
@click.option(
    "--task",
    type=click.Choice(tuple(all_tasks())),
    help="Task of a FILE without a task column.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(1),
    help="Maximum tokens per reply of MODEL.  [default: 512]",
)
@click.option(
    "--temperature",
    type=click.FloatRange(0, 2),
    help="Sampling temperature of MODEL.  [default: 0]",
)
@click.option(
    "--reasoning-tokens",
    type=click.IntRange(0),
    help="Further tokens for what a reasoning MODEL thinks before its reply.  [default: 0]",
)
@click.option(
    "--preset",
    metavar="NAME",
    help="The prompt form of an open judge model that MODEL is: compass-verifier, prometheus-2, "
    "selene or xverify. See docs/judging.md.",
)
@judge_extras_options
@engine_options
@click.option(
    "--model-alias",
    metavar="NAME",
    multiple=True,
    help="Name that the endpoint reports for MODEL, if not the one requested.",
)
@click.option(
    "--leave-failures",
    is_flag=True,
    help="Write verdicts even if the model failed on some answers; those stay unscored.",
)
@click.option(
    "--tone-bias",
    metavar="N",
    type=click.IntRange(1),
    help="Also measure how kind or cold sentences around N answers of a RUN change the verdict.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Measure the judge on the final part of the judging set (labelled answers), with a RUN "
    "or without. A run whose judge is not the default is ranked only if it was measured.",
)
@click.option(
    "--data",
    metavar="DATA",
    help="With --check and no RUN: a release that has questions of upstream sets; without, "
    "answers to such questions are left out.",
)
@json_option
def judge(target: Path | None, as_json: bool, **options: Any) -> None:
    """Judge every answer of a run or a file, or check a judge.

    A FILE (CSV, JSONL or parquet) has the columns question, response and correct_answers, and
    optionally task, incorrect_answers and correct (a human label: agreement is then printed). A row
    with an empty response has no answer and stays unscored.

    MODEL is engine:name[+adapter][@base_url], for example openai:gpt-4o-2024-08-06. Its replies
    are stored: to resume an interrupted command, or to ask again where a reply could not be read,
    repeat it.
    """
    _check_usage(target, options)
    if target is None:
        _check_judge(options, as_json)
    elif target.is_dir() and (target / "run.json").is_file():
        _judge_run(target, options, as_json)
    else:
        _judge_file(target, options, as_json)


def _check_usage(target: Path | None, options: Mapping[str, Any]) -> None:
    if target is None and not options["check"]:
        raise UsageError("judge: needs a RUN or a FILE to judge, or --check to measure a judge")
    if options["data"] is not None and (target is not None or not options["check"]):
        raise UsageError("judge: --data goes with --check and without a RUN or FILE")
    if target is None:
        given = [name for name in _ANSWERS_ONLY if options[name]]
        if given:
            name = given[0].replace("_", "-")
            raise UsageError(f"judge: --{name} needs a RUN or a FILE")


_ANSWERS_ONLY = ("columns", "task", "leave_failures", "tone_bias")


def _check_judge(options: Mapping[str, Any], as_json: bool) -> None:
    from warmbench.conditions import Context
    from warmbench.data.load import open_data
    from warmbench.judging.check.check_file import check_path, check_to_file
    from warmbench.judging.check.summary import summary_of
    from warmbench.reporting.console.judge_check import print_judge_check
    from warmbench.reporting.console.progress import JudgingProgress
    from warmbench.reporting.console.verdicts import print_judging, print_unread

    out = options["out"] or check_path(options["judge_name"])
    release = open_data(options["data"]) if options["data"] else None
    items = release.items(contexts=[Context.PLAIN]) if release else []
    with JudgingProgress() as progress:
        found = check_to_file(
            out,
            options["judge_name"],
            items,
            options=_engine_options(options),
            settings=_settings(options),
            observer=progress,
        )
    print_unread(found.record)
    summary = summary_of(found.check)
    if as_json:
        check = {"check": str(out), **summary.model_dump(mode="json")}
        print_json({**check, "judging": found.record})
    else:
        print_judge_check(summary)
        print_judging(found.record)
        click.echo(f"Check: {out}")


def _judge_run(path: Path, options: Mapping[str, Any], as_json: bool) -> None:
    from warmbench.judging.check.recorded import CHECK_FIELD
    from warmbench.judging.check.summary import summary_of
    from warmbench.judging.judge_run import judge_run
    from warmbench.records.judge_check import JudgeCheck
    from warmbench.records.tone_bias import ToneBias
    from warmbench.reporting.console.judge_check import print_judge_check
    from warmbench.reporting.console.progress import JudgingProgress
    from warmbench.reporting.console.scorecard import tone_bias_text
    from warmbench.reporting.console.verdicts import print_judging, print_unread, print_verdicts
    from warmbench.running.folder import RunFolder

    if options["out"] is not None:
        raise UsageError(
            f"{path}: --out is for a FILE; verdicts on a run are written to its folder"
        )
    folder = RunFolder.open(path)
    with JudgingProgress() as progress:
        judged = judge_run(
            folder,
            options["judge_name"],
            _engine_options(options),
            leave_failures=options["leave_failures"],
            tone_bias=options["tone_bias"] or 0,
            check=options["check"],
            observer=progress,
            settings=_settings(options),
        )
    print_unread(judged.record)
    if as_json:
        verdicts = str(folder.verdicts_path)
        print_json({"verdicts": verdicts, "rows": len(judged.verdicts), "judging": judged.record})
    else:
        print_verdicts(judged.verdicts, folder.verdicts_path)
        print_judging(judged.record)
        if "tone_bias" in judged.record:
            click.echo(tone_bias_text(ToneBias.model_validate(judged.record["tone_bias"])))
        if CHECK_FIELD in judged.record:
            check = JudgeCheck.model_validate(judged.record[CHECK_FIELD])
            print_judge_check(summary_of(check))


def _judge_file(path: Path, options: Mapping[str, Any], as_json: bool) -> None:
    from dataclasses import asdict

    from warmbench.data.recorded_answers import parse_column_names, read_answers
    from warmbench.judging.agreement import measure_agreement
    from warmbench.judging.judge_file import judge_file
    from warmbench.reporting.console.progress import JudgingProgress
    from warmbench.reporting.console.verdicts import print_agreement, print_judging, print_unread

    if options["tone_bias"]:
        raise UsageError(f"{path}: --tone-bias needs a run, not a file")
    if options["check"]:
        raise UsageError(f"{path}: --check needs a run, or neither run nor file")
    task = options["task"]
    rows = read_answers(path, parse_column_names(options["columns"]), task)
    out = options["out"] or path.with_name(f"{path.stem}.verdicts.jsonl")
    with JudgingProgress() as progress:
        judged = judge_file(
            rows,
            out,
            options["judge_name"],
            _engine_options(options),
            leave_failures=options["leave_failures"],
            observer=progress,
            settings=_settings(options),
        )
    print_unread(judged.record)
    pairs = list(zip(rows, judged.judgements, strict=True))
    labelled = [(row.correct, judgement) for row, judgement in pairs if row.correct is not None]
    agreement = measure_agreement(labelled)
    if as_json:
        found = {"verdicts": str(out), "rows": len(rows), "no_answer": judged.no_answer}
        print_json({**found, "agreement": asdict(agreement), "judging": judged.record})
    else:
        print_agreement(pairs, agreement, out, judged.no_answer)
        print_judging(judged.record)


_SETTINGS = (
    "max_tokens",
    "temperature",
    "reasoning_tokens",
    "extra_body",
    "chat_template_kwargs",
    "reasoning_effort",
    "preset",
)


def _settings(options: Mapping[str, Any]) -> JudgeSettings:
    from warmbench.judging.judge_settings import settings_of

    return settings_of(**{name: options[name] for name in _SETTINGS})


def _engine_options(options: Mapping[str, Any]) -> EngineOptions:
    from warmbench.engines.engine import EngineOptions, default_timeout

    settings = _settings(options)
    most = settings.max_tokens + settings.reasoning_tokens
    return EngineOptions(
        concurrency=options["concurrency"],
        max_retries=options["max_retries"],
        timeout_s=options["timeout"] or default_timeout(most),
        device=options["device"],
        model_aliases=options["model_alias"],
    )
