"""``python -m warmbench_builders.reader``: train the reader anew, and fit the weighing."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from warmbench.cli.options import FOLDER
from warmbench.errors import WarmbenchError
from warmbench.judging.reader.reader import weights_folder
from warmbench.judging.reference.weighing import weighing_path
from warmbench.optional_library import from_extra

__all__ = ["main"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--statements", type=_FILE, required=True, help="Labelled answers to TruthfulQA (JSONL)."
)
@click.option(
    "--phrases", type=_FILE, required=True, help="Labelled answers to Natural Questions (JSONL)."
)
@click.option("--medqa", type=_FILE, required=True, help="MedQA's US test set (JSONL).")
@click.option(
    "--left-out",
    type=_FILE,
    required=True,
    help="Labelled answers (JSONL) whose questions are kept for measuring.",
)
@click.option(
    "--base", type=FOLDER, required=True, help="Folder with all-MiniLM-L6-v2 or another BERT."
)
@click.option(
    "--work",
    type=FOLDER,
    default=Path("runs/reader"),
    show_default=True,
    help="Folder for the state after each round; the same command resumes there.",
)
@click.option(
    "--out", type=FOLDER, help="Folder for the weights and weighing.json [default: the package]."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--weighing-only", is_flag=True, help="Keep the weights; fit the weighing to the rules anew."
)
def main(
    statements: Path,
    phrases: Path,
    medqa: Path,
    left_out: Path,
    base: Path,
    work: Path,
    out: Path | None,
    seed: int,
    weighing_only: bool,
) -> None:
    """Train the reader on one core of the CPU (about two hours), and fit how it is weighed."""
    with from_extra("reference", "training"):
        from warmbench_builders.reader.make import make_reader, make_weighing
        from warmbench_builders.reader.material import Brought, read_declines, read_examples
        from warmbench_builders.reader.train import Recipe
        from warmbench_builders.tuning.progress import TrainingProgress
    weights = out / "weights" if out else weights_folder()
    fitted = out / "weighing.json" if out else weighing_path()
    try:
        examples = read_examples(Brought(statements, phrases, medqa, left_out))
        if not weighing_only:
            with TrainingProgress() as progress:
                make_reader(
                    examples, read_declines(), base, Recipe(seed=seed), work, weights, progress
                )
        weighing = make_weighing(examples, weights, work / "float32", click.echo)
    except WarmbenchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    fitted.write_text(json.dumps(asdict(weighing), indent=1, sort_keys=True) + "\n", "utf-8")
    click.echo(f"{weights}, {fitted}: sure at {weighing.sure_at}")


if __name__ == "__main__":
    main()
