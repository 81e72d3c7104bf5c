"""``python -m warmbench_builders.reference_model``: make the reference model anew."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import monotonic

import click

from warmbench.commands.options import FOLDER
from warmbench.errors import UsageError, WarmbenchError
from warmbench.reference import reference_path
from warmbench_builders.reference_model.recipe import Recipe

__all__ = ["main"]


@click.command()
@click.option(
    "--out",
    type=FOLDER,
    help="Where base/ and ct2/original/ are put, in place of those that stand there "
    "[default: the installed package].",
)
@click.option("--seed", type=click.IntRange(0), default=Recipe().seed, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=Recipe().threads, show_default=True)
def main(out: Path | None, seed: int, threads: int) -> None:
    """Train the reference model from scratch on this computer's CPU, and measure it."""
    try:
        _make(replace(Recipe(), seed=seed, threads=threads), out or reference_path("hf").parent)
    except WarmbenchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)


def _make(recipe: Recipe, out: Path) -> None:
    try:
        from warmbench_builders.reference_model.make import make_reference_model
    except ImportError as error:
        raise UsageError(
            f"training needs {error.name}; install it with: pip install 'warmbench[reference]'"
        ) from None
    started = monotonic()
    record = make_reference_model(recipe, out)
    click.echo(f"{out}: {record.parameters:,} parameters, {monotonic() - started:.0f} s")
    for measured in record.measurements:
        click.echo(
            f"temperature {measured.temperature:g}: {100 * measured.accuracy:.1f} % of "
            f"{measured.replies:,} released items right, {measured.mean_tokens:g} tokens a reply"
        )
    if (out / "adapters").is_dir():
        click.echo(f"{out / 'adapters'} was trained on another base: train the adapters anew")


if __name__ == "__main__":
    main()
