"""``python -m warmbench_builders.study_models``: rebuild the published studies."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from warmbench.cli.options import FOLDER
from warmbench.errors import OutputError, WarmbenchError
from warmbench.published.score import score_published
from warmbench.published.study import PublishedStudy
from warmbench_builders.study_models.cell_table import (
    cells_csv,
    general_benchmarks_csv,
    read_cells,
    read_packaged_general_benchmarks,
)
from warmbench_builders.study_models.make_studies import make_studies, write_studies
from warmbench_builders.study_models.paper_tables import (
    read_general_benchmarks,
    read_paper_tables,
)

__all__ = ["main"]


@click.command()
@click.option(
    "--tables",
    type=FOLDER,
    help="The authors' result tables, results_*.csv and general_benchmark_results.csv "
    "[default: the packaged copy].",
)
@click.option("--out", type=FOLDER, required=True, help="Folder for a JSON file per study.")
@click.option("--copy", type=FOLDER, help="Folder to write the cleaned tables to, too.")
@click.option("--replace", is_flag=True, help="Overwrite OUT.")
def main(tables: Path | None, out: Path, copy: Path | None, replace: bool) -> None:
    """Recover the paired counts of the paper's cells and write its studies."""
    try:
        cells = read_paper_tables(tables) if tables else read_cells()
        general = read_general_benchmarks(tables) if tables else read_packaged_general_benchmarks()
        studies = make_studies(cells, general)
        write_studies(studies, out, replace=replace)
        if copy:
            _write(copy / "cells.csv", cells_csv(cells))
            _write(copy / "general_benchmarks.csv", general_benchmarks_csv(general))
    except WarmbenchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    for study in studies:
        click.echo(_line(study))


def _line(study: PublishedStudy) -> str:
    loss = score_published(study)["headline"]["loss"]
    interval = (
        "no interval" if loss["low"] is None else f"{loss['low']:+.2f} to {loss['high']:+.2f}"
    )
    return (
        f"{study.slug}: counts of {study.recovered} of {len(study.cells)} cells, headline loss "
        f"{loss['value']:+.2f} ({interval}) points"
    )


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path}: could not be written ({error.strerror or error})") from None


if __name__ == "__main__":
    main()
