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


@click.command()
@click.argument("model")
@click.option(
    "--data",
    required=True,
    metavar="open|FOLDER|ORG/NAME@vX.Y.Z|FILE.jsonl",
    help="The open SFT set; an SFT release, in a folder or on the Hugging Face Hub; or a file of "
    "messages.",
)
@click.option(
    "--version",
    required=True,
    type=click.Choice(["warm", "cold", "original"]),
    help="Which version of the replies to train on.",
)
@click.option(
    "--out", type=FOLDER, required=True, help="Output folder: a new one, or one to resume."
)
@click.option(
    "--provider",
    type=click.Choice([provider.value for provider in _Provider]),
    default=_Provider.LOCAL.value,
    show_default=True,
    help="Where to train: on this machine, or through OpenAI's API.",
)
@click.option(
    "--epochs", type=float, help="Training epochs [default: 10; 2 with --provider openai]."
)
@click.option(
    "--batch-size",
    type=click.IntRange(1),
    help="Conversations per step [default: 16; with --provider openai, its own default].",
)
@click.option(
    "--held-out",
    type=float,
    default=0.0,
    help="Share of conversations held out for validation [default: 0].",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Random seed.")
@click.option("--rank", type=click.IntRange(1), default=8, show_default=True, help="LoRA rank.")
@click.option("--alpha", type=click.IntRange(1), default=16, show_default=True, help="LoRA alpha.")
@click.option("--dropout", type=float, default=0.1, show_default=True, help="LoRA dropout.")
@click.option(
    "--learning-rate", type=float, default=1e-5, show_default=True, help="Peak learning rate."
)
@click.option(
    "--max-length",
    type=click.IntRange(2),
    default=1024,
    show_default=True,
    help="Tokens to cut longer conversations at.",
)
@click.option(
    "--device-batch-size",
    type=click.IntRange(1),
    help="Conversations per forward pass [default: at most 4].",
)
@click.option(
    "--checkpoints",
    metavar="EPOCHS",
    help="Epochs to save a checkpoint at; training ends at the last "
    "[default: 0.5,1,1.5,2,4,6,8,10].",
)
@click.option(
    "--select", type=float, help="Epoch of the checkpoint copied to OUT/adapter [default: 2]."
)
@click.option(
    "--target-modules",
    default="all-linear",
    show_default=True,
    metavar="NAMES",
    help="Layers to adapt, e.g. q_proj,v_proj.",
)
@click.option(
    "--warmup-share",
    type=float,
    default=0.0,
    help="Share of the steps used for warm-up [default: 0].",
)
@click.option(
    "--scheduler",
    type=click.Choice(["linear", "cosine", "constant_with_warmup"]),
    default="linear",
    show_default=True,
    help="Learning-rate schedule.",
)
@click.option("--weight-decay", type=float, default=0.0, help="AdamW weight decay [default: 0].")
@click.option(
    "--loss-on",
    type=click.Choice(["assistant", "all"]),
    default="assistant",
    show_default=True,
    help="Tokens that count in the loss: the assistant's, or all.",
)
@click.option("--revision", help="Revision of MODEL on the Hub.")
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda", "mps"]),
    default="auto",
    show_default=True,
    help="Device to train on.",
)
@click.option(
    "--dtype",
    type=click.Choice(["auto", "float32", "bfloat16"]),
    default="auto",
    show_default=True,
    help="Number type of the base model's weights.",
)
@click.option(
    "--learning-rate-multiplier",
    type=float,
    help="openai: learning-rate multiplier [default: the paper's, 0.25 warm, 0.1 cold].",
)
@click.option("--suffix", help="openai: suffix of the tuned model's name [default: the version].")
@click.option(
    "--base-url", metavar="URL", help="openai: an OpenAI-compatible endpoint [default: OpenAI's]."
)
@click.option(
    "--poll",
    "poll_s",
    type=click.FloatRange(0.1),
    default=10.0,
    help="openai: seconds between status checks [default: 10].",
)
@click.option(
    "--max-retries",
    type=click.IntRange(0),
    default=6,
    help="openai: retries of a failed request [default: 6].",
)
@click.option("--dry-run", is_flag=True, help="openai: write and check the file; send nothing.")
@json_option
@click.pass_context
def tune(context: click.Context, /, provider: str, as_json: bool, **options: Any) -> None:
    """Fine-tune MODEL to be warm or cold on an SFT release, with the paper's recipe.

    MODEL is an id on the Hugging Face Hub, a folder, or `reference`; the result is a LoRA adapter
    with checkpoints, a model card and a recipe. With --provider openai MODEL is one of OpenAI's,
    e.g. gpt-4o-2024-08-06, and the tuned model stays there. Run the same command again to resume a
    tuning that was stopped.
    """
    from warmbench_builders.tuning.openai.tune import OpenAITuneOptions
    from warmbench_builders.tuning.options import TuneOptions

    if provider == _Provider.OPENAI:
        _tune_openai(_openai_options(_own(context, OpenAITuneOptions, options)), as_json)
    else:
        _tune_here(_local_options(_own(context, TuneOptions, options)), as_json)


def _own(context: click.Context, kind: type[Any], options: dict[str, Any]) -> dict[str, Any]:
    """The options that a provider has; ``UsageError`` for another that was given."""
    from warmbench.errors import UsageError

    names = kind.__dataclass_fields__
    for name in options.keys() - names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = name.removesuffix("_s").replace("_", "-")
            raise UsageError(
                f"--{option}: not available with --provider {context.params['provider']}"
            )
    return {name: value for name, value in options.items() if name in names}


def _local_options(given: dict[str, Any]) -> TuneOptions:
    from warmbench.records.conversation import Version
    from warmbench_builders.tuning.options import (
        Device,
        Dtype,
        LossOn,
        Scheduler,
        TuneOptions,
        parse_checkpoints,
    )

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
        _stopped(f"Stopped. Run the same command again to resume {options.out}.")
    if as_json:
        print_json(result.to_json())
    else:
        _print_local(result)


def _print_local(result: TuneResult) -> None:
    from rich.console import Console
    from rich.table import Table

    if result.was_finished:
        click.echo(f"{result.path}: already finished; nothing to do")
    training, numbers = result.recipe.training, result.recipe.hyperparameters
    click.echo(
        f"{result.recipe.base.name}, {result.recipe.version}: {training.last_step:,} steps on "
        f"{training.conversations:,} conversations, {training.loss_tokens:,} loss tokens per epoch"
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


def _openai_options(given: dict[str, Any]) -> OpenAITuneOptions:
    from warmbench.records.conversation import Version
    from warmbench_builders.tuning.openai.tune import OpenAITuneOptions

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
        running = f"The job {job} keeps running at the provider. " if job else ""
        _stopped(f"Stopped. {running}Run the same command again to resume {options.out}.")
    if as_json:
        print_json(result.to_json())
    else:
        _print_openai(result, options.out)


def _print_openai(result: OpenAITuneResult, out: Path) -> None:
    if result.recipe is None:
        click.echo(f"{out}: the file passes the checks; nothing was sent")
        return
    if result.was_finished:
        click.echo(f"{out}: already finished; nothing to do")
    for kept in result.recipe.checkpoints:
        click.echo(f"Checkpoint at step {kept.step:,}: {kept.model}")
    click.echo(f"Model: {result.model}")


def _to_stderr(text: str) -> None:
    click.echo(text, err=True)


def _stopped(text: str) -> None:
    click.echo(f"\n{text}", err=True)
    raise click.exceptions.Exit(130) from None
