"""``warmbench report``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER

__all__ = ["report"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--out", type=FOLDER, help="Where the page goes [default: RUN/report.html].")
def report(run: Path, out: Path | None) -> None:
    """Write one page with the numbers, the pictures and sample answers, readable offline."""
    from warmbench.errors import UsageError
    from warmbench.report.report_run import report_run
    from warmbench.run.folder import RunFolder
    from warmbench.scoring.score import score_run

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--out {out}: the report is a page; give it a name that ends in .html")
    folder = RunFolder.open(run)
    path = report_run(folder, score_run(folder), out)
    click.echo(f"Report: {path}")
