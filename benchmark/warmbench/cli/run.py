"""``warmbench run``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from warmbench.cli.options import (
    FOLDER,
    NameList,
    engine_options,
    extras_options,
    json_option,
    print_json,
)
from warmbench.conditions import Belief, Context
from warmbench.tasks.registry import all_tasks

if TYPE_CHECKING:
    from pathlib import Path

    from warmbench.running.prepare import PreparedRun

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
    "--reasoning-tokens",
    type=click.IntRange(0),
    help="Further tokens for what a reasoning model thinks before its answer.  [default: 0]",
)
@extras_options
@engine_options
@click.option(
    "--engine-option",
    "engine_args",
    metavar="NAME=VALUE",
    multiple=True,
    help="Option of the engine (vllm, hf, ct2, ray), e.g. tensor_parallel_size=4.",
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
    "--closing-question",
    is_flag=True,
    help="After each reply, ask for the answer in a few words too: the loss without a judge of "
    "long answers, beside the headline.",
)
@click.option(
    "--closing-tokens",
    type=click.IntRange(1),
    help="Maximum tokens per stated answer, with --closing-question.  [default: 48]",
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
    from warmbench.engines.engine_args import parse_engine_args
    from warmbench.running.options import RunOptions
    from warmbench.running.prepare import prepare_run

    out, as_json, dry_run = (options.pop(name) for name in ("out", "as_json", "dry_run"))
    arguments = parse_engine_args(options.pop("engine_args"))
    for name in ("extra_body", "chat_template_kwargs", "reasoning_effort"):
        options[name] = dict(options[name])
    prepared = prepare_run(RunOptions(**options, engine_args=arguments))
    if dry_run:
        _print_dry_run(prepared, as_json)
    else:
        _ask(prepared, out, as_json)


def _ask(prepared: PreparedRun, out: Path, as_json: bool) -> None:
    from dataclasses import asdict

    from warmbench.reporting.console.progress import RunProgress
    from warmbench.reporting.console.run import print_problems, print_summary
    from warmbench.running.prompt_set import can_answer_prompts

    prompts = len(prepared.prompt_set.prompts)
    try:
        with RunProgress(prepared.prices) as progress:
            summary = prepared.ask(out, progress).summary
    except KeyboardInterrupt:
        click.echo(f"\nStopped. Repeat the command to resume {out}.", err=True)
        raise click.exceptions.Exit(130) from None
    if as_json:
        done = {"complete": summary.complete, "run": str(out)}
        print_json({**asdict(summary), "prompts": prompts, **done})
    else:
        print_summary(summary, prompts, can_answer_prompts(prepared.study))
    print_problems(summary)
    if not summary.complete:
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo(f"Next: warmbench score {out}")


def _print_dry_run(prepared: PreparedRun, as_json: bool) -> None:
    from warmbench.reporting.console.run import print_dry_run
    from warmbench.running.dry_run import estimate_run

    estimated = estimate_run(
        prepared.study,
        prepared.items,
        prepared.selection.epochs,
        prepared.prices,
        prepared.prompt_set.prompts,
    )
    if as_json:
        print_json(estimated)
    else:
        print_dry_run(estimated)
