"""``warmbench tune``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from warmbench.cli.options import FOLDER, json_option, print_json

if TYPE_CHECKING:
    from warmbench_builders.tuning.openai.tune import OpenAITuneOptions, OpenAITuneResult
    from warmbench_builders.tuning.options import TuneOptions
    from warmbench_builders.tuning.tune import TuneResult

__all__ = ["tune"]


class _Provider(StrEnum):
    LOCAL = "local"
    OPENAI = "openai"


_LOCAL_ONLY = (
    "rank", "alpha", "dropout", "learning_rate", "max_length", "device_batch_size", "checkpoints",
    "select", "target_modules", "warmup_share", "scheduler", "weight_decay", "loss_on", "revision",
    "device", "dtype",
)  # fmt: skip
_OPENAI_ONLY = (
    "learning_rate_multiplier", "suffix", "base_url", "poll", "max_retries", "dry_run",
)  # fmt: skip


@click.command()
@click.argument("model")
@click.option(
    "--data",
    required=True,
    metavar="open|FOLDER|ORG/NAME@vX.Y.Z|FILE.jsonl",
    help="The open SFT set, the folder of an SFT release, one on the Hugging Face Hub, or a file "
    "of messages.",
)
@click.option(
    "--version",
    required=True,
    type=click.Choice(["warm", "cold", "original"]),
    help="In which tone the replies are learnt.",
)
@click.option("--out", type=FOLDER, required=True, help="The folder, new or to be resumed.")
@click.option(
    "--provider",
    type=click.Choice([provider.value for provider in _Provider]),
    default=_Provider.LOCAL.value,
    show_default=True,
    help="Train here, or have OpenAI's API do it.",
)
@click.option("--epochs", type=float, help="[default: 10; 2 with --provider openai]")
@click.option(
    "--batch-size",
    type=click.IntRange(1),
    help="Conversations a step [default: 16; the provider's with --provider openai].",
)
@click.option("--held-out", type=float, default=0.0, help="Share that is not trained on.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--rank", type=click.IntRange(1), default=8, show_default=True, help="LoRA's.")
@click.option("--alpha", type=click.IntRange(1), default=16, show_default=True, help="LoRA's.")
@click.option("--dropout", type=float, default=0.1, show_default=True, help="LoRA's.")
@click.option("--learning-rate", type=float, default=1e-5, show_default=True)
@click.option(
    "--max-length",
    type=click.IntRange(2),
    default=1024,
    show_default=True,
    help="Tokens; longer conversations are cut.",
)
@click.option(
    "--device-batch-size",
    type=click.IntRange(1),
    help="Conversations that go through the model at once [default: at most 4].",
)
@click.option(
    "--checkpoints",
    metavar="EPOCHS",
    help="Where to keep one; training ends after the last [default: 0.5,1,1.5,2,4,6,8,10].",
)
@click.option("--select", type=float, help="The checkpoint that becomes DIR/adapter [default: 2].")
@click.option(
    "--target-modules",
    default="all-linear",
    show_default=True,
    metavar="NAMES",
    help="Which layers get an adapter, e.g. q_proj,v_proj.",
)
@click.option("--warmup-share", type=float, default=0.0, help="Share of the steps [default: 0].")
@click.option(
    "--scheduler",
    type=click.Choice(["linear", "cosine", "constant_with_warmup"]),
    default="linear",
    show_default=True,
    help="How the learning rate falls.",
)
@click.option("--weight-decay", type=float, default=0.0, help="[default: 0]")
@click.option(
    "--loss-on",
    type=click.Choice(["assistant", "all"]),
    default="assistant",
    show_default=True,
    help="Learn the assistant's turns, or all tokens.",
)
@click.option("--revision", help="Of a model on the Hub.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True
)
@click.option(
    "--dtype",
    type=click.Choice(["auto", "float32", "bfloat16"]),
    default="auto",
    show_default=True,
    help="The base model's numbers.",
)
@click.option(
    "--learning-rate-multiplier",
    type=float,
    help="openai: [default: as the paper, 0.25 warm, 0.1 cold].",
)
@click.option("--suffix", help="openai: in the tuned model's name [default: the version].")
@click.option("--base-url", metavar="URL", help="openai: another endpoint than OpenAI's.")
@click.option(
    "--poll", type=click.FloatRange(0.1), default=10.0, help="openai: s between looks [default: 10]"
)
@click.option(
    "--max-retries", type=click.IntRange(0), default=6, help="openai: of a request [default: 6]"
)
@click.option("--dry-run", is_flag=True, help="openai: write the file and check it, no more.")
@json_option
@click.pass_context
def tune(context: click.Context, /, provider: str, as_json: bool, **options: Any) -> None:
    """Make MODEL warm or cold on an SFT release, by the paper's recipe.

    MODEL is an id on the Hugging Face Hub, a folder, or `reference`; the result is a LoRA adapter
    with its checkpoints, a model card and a recipe. With --provider openai it is a model of
    theirs, e.g. gpt-4o-2024-08-06, and the result one of yours there. Stopped at any moment, the
    same command goes on.
    """
    unfit = _LOCAL_ONLY if provider == _Provider.OPENAI else _OPENAI_ONLY
    _refuse(context, unfit, provider)
    if provider == _Provider.OPENAI:
        _tune_openai(_openai_options(options), as_json)
    else:
        _tune_here(_local_options(options), as_json)


def _refuse(context: click.Context, unfit: tuple[str, ...], provider: str) -> None:
    from warmbench.errors import UsageError

    for name in unfit:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(f"--{name.replace('_', '-')}: --provider {provider} does not take it")


def _local_options(options: dict[str, Any]) -> TuneOptions:
    from warmbench.records.conversation import Version
    from warmbench_builders.tuning.options import (
        Device,
        Dtype,
        LossOn,
        Scheduler,
        TuneOptions,
        parse_checkpoints,
    )

    given = {name: value for name, value in options.items() if name not in _OPENAI_ONLY}
    for name in ("epochs", "batch_size"):
        if given[name] is None:
            del given[name]
    if given["checkpoints"] is not None:
        given["checkpoints"] = parse_checkpoints(given["checkpoints"])
    kinds = {
        "version": Version,
        "scheduler": Scheduler,
        "loss_on": LossOn,
        "device": Device,
        "dtype": Dtype,
    }
    return TuneOptions(**{**given, **{name: kind(given[name]) for name, kind in kinds.items()}})


def _tune_here(options: TuneOptions, as_json: bool) -> None:
    from warmbench_builders.tuning.progress import TrainingProgress
    from warmbench_builders.tuning.tune import tune

    try:
        with TrainingProgress() as progress:
            result = tune(options, progress, _to_stderr)
    except KeyboardInterrupt:
        _stopped(f"Stopped. The same command goes on with {options.out}.")
    if as_json:
        _print_local_json(result)
    else:
        _print_local(result)


def _print_local_json(result: TuneResult) -> None:

    print_json(
        {
            "path": str(result.path),
            "adapter": str(result.adapter),
            "checkpoints": {f"{e:g}": str(path) for e, path in result.checkpoints.items()},
            "was_finished": result.was_finished,
            "recipe": result.recipe.model_dump(mode="json"),
        }
    )


def _print_local(result: TuneResult) -> None:
    from rich.console import Console
    from rich.table import Table

    if result.was_finished:
        click.echo(f"{result.path}: has finished before; there is nothing to do")
    training, numbers = result.recipe.training, result.recipe.hyperparameters
    click.echo(
        f"{result.recipe.base.name}, {result.recipe.version}: {training.last_step:,} steps on "
        f"{training.conversations:,} conversations, {training.loss_tokens:,} tokens learnt an epoch"
    )
    held = any(c.held_out_loss is not None for c in training.checkpoints)
    names = ["epoch", "step", "loss", *(["held-out loss"] if held else []), ""]
    table = Table(*names, box=None, pad_edge=False, header_style="dim")
    for column in table.columns[:-1]:
        column.justify = "right"
    for kept in training.checkpoints:
        after = [f"{kept.held_out_loss:.4f}"] if kept.held_out_loss is not None else []
        chosen = "selected" if kept.epoch == numbers.select else ""
        table.add_row(f"{kept.epoch:g}", f"{kept.step:,}", f"{kept.loss:.4f}", *after, chosen)
    Console(highlight=False).print(table)
    click.echo(f"Adapter: {result.adapter}")


def _openai_options(options: dict[str, Any]) -> OpenAITuneOptions:
    from warmbench.records.conversation import Version
    from warmbench_builders.tuning.openai.tune import OpenAITuneOptions

    given = {name: value for name, value in options.items() if name not in _LOCAL_ONLY}
    given["poll_s"] = given.pop("poll")
    if given["epochs"] is None:
        del given["epochs"]
    return OpenAITuneOptions(**{**given, "version": Version(given["version"])})


def _tune_openai(options: OpenAITuneOptions, as_json: bool) -> None:
    from warmbench_builders.tuning.openai.job import JobFolder
    from warmbench_builders.tuning.openai.tune import tune_openai

    try:
        result = tune_openai(options, _to_stderr)
    except KeyboardInterrupt:
        job = JobFolder(options.out).job_id()
        goes_on = f"The job {job} goes on at the provider. " if job else ""
        _stopped(f"Stopped. {goes_on}The same command takes it up: {options.out}.")
    if as_json:
        _print_openai_json(result)
    else:
        _print_openai(result, options.out)


def _print_openai_json(result: OpenAITuneResult) -> None:

    print_json(
        {
            "path": str(result.path),
            "model": result.model,
            "was_finished": result.was_finished,
            "files": [
                {
                    "name": report.name,
                    "examples": report.examples,
                    "bytes": report.bytes,
                    "estimated_tokens": report.tokens,
                }
                for report in result.reports
            ],
            "recipe": result.recipe.model_dump(mode="json") if result.recipe else None,
        }
    )


def _print_openai(result: OpenAITuneResult, out: Path) -> None:
    if result.recipe is None:
        click.echo(f"{out}: the file would be accepted; nothing was sent")
        return
    if result.was_finished:
        click.echo(f"{out}: has finished before; there is nothing to do")
    for kept in result.recipe.checkpoints:
        click.echo(f"Checkpoint at step {kept.step:,}: {kept.model}")
    click.echo(f"Model: {result.model}")


def _to_stderr(text: str) -> None:
    click.echo(text, err=True)


def _stopped(text: str) -> None:
    click.echo(f"\n{text}", err=True)
    raise click.exceptions.Exit(130) from None
