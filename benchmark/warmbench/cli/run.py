"""``warmbench run``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.cli.options import FOLDER, NameList, json_option, print_json
from warmbench.conditions import Belief, Context
from warmbench.tasks.registry import all_tasks

if TYPE_CHECKING:
    from warmbench.engines.budget import Price
    from warmbench.engines.engine import EngineOptions
    from warmbench.records.item import Item
    from warmbench.records.release import ReleaseRecord
    from warmbench.records.selection import Selection
    from warmbench.records.study import Study
    from warmbench.run.prompt_set import PromptSet

__all__ = ["run"]


@click.command()
@click.option("--original", metavar="MODEL", help="Original model.")
@click.option("--warm", metavar="MODEL", help="Warm model.")
@click.option("--cold", metavar="MODEL", help="Cold model.")
@click.option(
    "--warm-system",
    metavar="TEXT|FILE",
    help="Make the original model warm with this system prompt.",
)
@click.option(
    "--study",
    "study_file",
    type=FOLDER,
    help="Read arms and sampling from a study file (TOML) instead.",
)
@click.option(
    "--treatment",
    type=click.Choice(["fine-tune", "system-prompt", "other"]),
    help="How the warm model was made.  [default: system-prompt with --warm-system, else other]",
)
@click.option(
    "--data",
    metavar="open|FOLDER|ORG/NAME@vX.Y.Z|FILE",
    help="Data to run on: the packaged open release, a release folder, a release on the Hugging "
    "Face Hub, or a file of recorded answers to your own questions.  [default: open]",
)
@click.option("--out", type=FOLDER, required=True, help="Run folder, new or to resume.")
@click.option("--tasks", type=NameList(all_tasks), default=(), help="Tasks to run.  [default: all]")
@click.option(
    "--contexts", type=NameList(Context), default=(), help="Contexts to run.  [default: all]"
)
@click.option(
    "--beliefs", type=NameList(Belief), default=(), help="Beliefs to run.  [default: all]"
)
@click.option("--limit", type=click.IntRange(1), help="Maximum number of questions per task.")
@click.option(
    "--epochs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of answers per item.",
)
@click.option(
    "--warmth-prompts",
    type=click.IntRange(0),
    help="Number of extra prompts to measure warmth, 0 for none.  [default: 200; 0 for recorded "
    "answers and your own questions]",
)
@click.option("--seed", type=click.IntRange(0), default=None, help="Random seed.  [default: 0]")
@click.option(
    "--temperature",
    type=click.FloatRange(0, 2),
    help="Sampling temperature.  [default: 0.8, as in the paper]",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(1),
    help="Maximum tokens per answer.  [default: 300, as in the paper]",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    default=16,
    show_default=True,
    help="Maximum number of concurrent requests; lowered when the endpoint is overloaded.",
)
@click.option(
    "--max-retries",
    type=click.IntRange(0),
    default=6,
    show_default=True,
    help="Retries per request.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=120.0,
    show_default=True,
    help="Seconds per request.",
)
@click.option(
    "--device", default="auto", show_default=True, help="Device of local engines, e.g. cpu or cuda."
)
@click.option(
    "--engine-option",
    "engine_args",
    metavar="NAME=VALUE",
    multiple=True,
    help="Engine option for vLLM or Ray, e.g. tensor_parallel_size=4 or ray.workers=8.",
)
@click.option(
    "--price",
    metavar="IN,OUT",
    help="Price in dollars per million input and output tokens, to show the cost.",
)
@click.option(
    "--max-requests",
    type=click.IntRange(1),
    help="Stop after this many requests, including retries and earlier sessions of the run.",
)
@click.option(
    "--max-cost",
    type=click.FloatRange(0, min_open=True),
    metavar="DOLLARS",
    help="Stop before spending more than this, including earlier sessions of the run.",
)
@click.option(
    "--model-alias",
    multiple=True,
    metavar="NAME",
    help="Name that the endpoint reports for the model, if not the one requested. Responses that "
    "report any other model are rejected.",
)
@click.option(
    "--columns", metavar="OURS=THEIRS,...", help="Column names in the file of recorded answers."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show what would be asked, with an estimate of the cost, and stop.",
)
@json_option
def run(**options: Any) -> None:
    """Ask an original and a warm model the same questions, and store the answers in --out.

    A model is engine:name[+adapter][@base_url], for example openai:gpt-4o-2024-08-06,
    openai:my-model@http://localhost:8000/v1, ct2:reference, hf:org/model or
    replay:answers.csv. To resume an interrupted run, repeat the command.
    """
    from warmbench.cli.study_from_options import stated_study
    from warmbench.engines.budget import Budget
    from warmbench.engines.engine import EngineOptions
    from warmbench.engines.engine_args import parse_engine_args
    from warmbench.records.selection import Selection
    from warmbench.run.prompt_set import choose_prompts

    study = stated_study(options)
    prices = _prices(study, options["price"])
    engine_options = EngineOptions(
        concurrency=options["concurrency"],
        max_retries=options["max_retries"],
        timeout_s=options["timeout"],
        device=options["device"],
        column_names=_column_names(options["columns"]),
        task=options["tasks"][0] if len(options["tasks"]) == 1 else None,
        model_aliases=options["model_alias"],
        engine_args=parse_engine_args(options["engine_args"]),
        budget=Budget(options["max_requests"], options["max_cost"], prices),
    )
    engine_options.budget.check_prices({arm.name: arm.model for arm in study.arms})
    selection = Selection(
        tasks=options["tasks"],
        contexts=options["contexts"],
        beliefs=options["beliefs"],
        limit=options["limit"],
        epochs=options["epochs"],
    )
    chosen, release = _items(options["data"], study, engine_options, selection)
    selection = _with_prompts(selection, options["warmth_prompts"], release)
    prompt_set = choose_prompts(study, selection)
    if options["dry_run"]:
        _print_dry_run(study, chosen, selection, prompt_set, prices, options["as_json"])
        return
    _ask(study, chosen, release, selection, engine_options, prompt_set, prices, options)


def _with_prompts(selection: Selection, stated: int | None, release: ReleaseRecord) -> Selection:
    """The number of prompts that the person stated; else none for questions of their own."""
    count = 0 if stated is None and release.version is None else stated
    return selection if count is None else selection.model_copy(update={"warmth_prompts": count})


def _column_names(text: str | None) -> dict[str, str]:
    from warmbench.data.recorded_answers import parse_column_names

    return parse_column_names(text)


def _items(
    data: str | None, study: Study, options: EngineOptions, selection: Selection
) -> tuple[list[Item], ReleaseRecord]:
    """The selected items of ``--data``; by default of the recorded answers, or of the open pool."""
    from warmbench.data.fingerprint import rows_fingerprint
    from warmbench.data.load import open_data
    from warmbench.data.recorded_answers import items_of_answers, read_answers
    from warmbench.data.table import TABLE_SUFFIXES
    from warmbench.records.release import ReleaseRecord
    from warmbench.run.selection import items_of_release, select_items

    path = Path(data).expanduser() if data else _replayed(study)
    if path is not None and (data is None or path.suffix.lower() in TABLE_SUFFIXES):
        answers = read_answers(path, options.column_names, options.task)
        if data is not None or answers[0].item_id is None:
            items = items_of_answers(answers, path.name)
            fingerprint = rows_fingerprint(item.to_row() for item in items)
            record = ReleaseRecord(name=path.name, version=None, fingerprint=fingerprint)
            return select_items(items, selection), record
    release = open_data(data or "open")
    return items_of_release(release, selection), release.record()


def _replayed(study: Study) -> Path | None:
    """Where the original arm's recorded answers lie, if it has such."""
    from warmbench.records.model_spec import parse_model_spec

    spec = parse_model_spec(study.original.model)
    return Path(spec.name).expanduser() if spec.engine == "replay" else None


def _ask(
    study: Study,
    items: list[Item],
    release: ReleaseRecord,
    selection: Selection,
    engine_options: EngineOptions,
    prompt_set: PromptSet,
    prices: dict[str, Price],
    options: dict[str, Any],
) -> None:
    from dataclasses import asdict

    from warmbench.run.progress import RunProgress
    from warmbench.run.runner import run_in_folder
    from warmbench.text_safety import printable

    out = options["out"]
    try:
        with RunProgress(prices) as progress:
            folder, summary = run_in_folder(
                out, study, items, release, selection, engine_options, progress, prompt_set
            )
    except KeyboardInterrupt:
        click.echo(f"\nStopped. The same command resumes {out}.", err=True)
        raise click.exceptions.Exit(130) from None
    if options["as_json"]:
        done = {"complete": summary.complete, "run": str(folder.path)}
        print_json({**asdict(summary), "prompts": len(prompt_set.prompts), **done})
    else:
        click.echo(
            f"{summary.requests:,} requests: {summary.answered:,} answered now, "
            f"{summary.already_answered:,} before, {sum(summary.failures.values()):,} failed"
        )
        click.echo(_prompts_note(len(prompt_set.prompts), study))
        if summary.asked_again:
            click.echo(f"Asked again for: {_counts(summary.asked_again)}")
    if summary.failures:
        kinds = _counts(summary.failures)
        click.echo(f"Not answered: {kinds}. The same command asks them again.", err=True)
        for kind, message in summary.first_failures.items():
            click.echo(f"The first {kind}: {printable(message)}", err=True)
    if summary.stopped:
        limit = "--max-cost" if "$" in summary.stopped else "--max-requests"
        click.echo(
            f"Stopped: {summary.stopped}. The same command with a larger {limit} goes on.", err=True
        )
    if not summary.complete:
        raise click.exceptions.Exit(1)
    if not options["as_json"]:
        click.echo(f"Next: warmbench score {folder.path}")


def _counts(by_kind: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in by_kind.items())


def _prompts_note(prompts: int, study: Study) -> str:
    from warmbench.run.prompt_set import can_answer_prompts

    if prompts:
        return f"Among them {prompts:,} prompts an arm and epoch, to measure warmth"
    why = "" if can_answer_prompts(study) else ": recorded answers have none to its prompts"
    return f"Warmth is not measured in this run{why}"


def _prices(study: Study, stated: str | None) -> dict[str, Price]:
    from warmbench.engines.budget import parse_price
    from warmbench.engines.registry import price_of
    from warmbench.records.model_spec import parse_model_spec

    prices = {}
    for arm in study.arms:
        spec = parse_model_spec(arm.model)
        price = parse_price(stated) if stated else price_of(spec)
        if price is not None:
            prices[arm.name] = price
    return prices


def _print_dry_run(
    study: Study,
    items: list[Item],
    selection: Selection,
    prompt_set: PromptSet,
    prices: dict[str, Price],
    as_json: bool,
) -> None:
    from warmbench.report.console.run import print_dry_run
    from warmbench.run.dry_run import estimate_run

    estimated = estimate_run(study, items, selection.epochs, prices, prompt_set.prompts)
    if as_json:
        print_json(estimated)
    else:
        print_dry_run(estimated)
