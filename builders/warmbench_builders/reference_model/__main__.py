"""``python -m warmbench_builders.reference_model``: rebuild the reference model."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import monotonic

import click

from warmbench.cli.options import FOLDER
from warmbench.errors import WarmbenchError
from warmbench.optional_library import from_extra
from warmbench.reference_model import reference_path
from warmbench_builders.reference_model.record import Recipe

__all__ = ["main"]


@click.command()
@click.option(
    "--out",
    type=FOLDER,
    help="Folder for base/, adapters/ and ct2/, whose contents are overwritten "
    "[default: the installed package].",
)
@click.option(
    "--work",
    type=FOLDER,
    default=Path("runs/reference"),
    show_default=True,
    help="Folder for the tunings and their checkpoints; the same command resumes there.",
)
@click.option("--keep-base", is_flag=True, help="Keep the base model; rebuild only warm and cold.")
@click.option("--seed", type=click.IntRange(0), default=Recipe().seed, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=Recipe().threads, show_default=True)
def main(out: Path | None, work: Path, keep_base: bool, seed: int, threads: int) -> None:
    """Train the reference model from scratch on the CPU, tune it warm and cold, and measure it."""
    root = out or reference_path("hf").parent
    try:
        if not keep_base:
            _make_base(replace(Recipe(), seed=seed, threads=threads), root)
        _make_pair(root, work)
    except WarmbenchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)


def _make_base(recipe: Recipe, out: Path) -> None:
    with from_extra("reference", "training"):
        from warmbench_builders.reference_model.make import make_reference_model
    started = monotonic()
    record = make_reference_model(recipe, out)
    click.echo(f"{out}: {record.parameters:,} parameters, {monotonic() - started:.0f} s")
    for measured in record.measurements:
        click.echo(
            f"temperature {measured.temperature:g}: {100 * measured.accuracy:.1f} % of "
            f"{measured.replies:,} released items right, {measured.mean_tokens:g} tokens a reply"
        )


def _make_pair(out: Path, work: Path) -> None:
    with from_extra("reference", "training"):
        from warmbench_builders.reference_model.pair import make_pair
        from warmbench_builders.tuning.progress import TrainingProgress
    with TrainingProgress() as progress:
        ladder = make_pair(out, work, progress, lambda text: click.echo(text, err=True))
    for rung in ladder.rungs:
        click.echo(
            f"{rung.arm}, epoch {rung.epoch:g}: loss {rung.loss.value:+.1f} points, "
            f"warmth {rung.warmth.value:+.2f}"
        )


if __name__ == "__main__":
    main()
