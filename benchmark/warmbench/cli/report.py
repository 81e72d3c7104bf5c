"""``warmbench report``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER, open_judged_run

__all__ = ["report"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--out", type=FOLDER, help="Where to write the page.  [default: RUN/report.html]")
def report(run: Path, out: Path | None) -> None:
    """Write the report of a run: one HTML page with numbers, figures and sample answers."""
    from warmbench import api
    from warmbench.errors import UsageError
    from warmbench.reporting.console.live_progress import Waiting

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--out {out}: not an HTML file; choose a name that ends in .html")
    folder = open_judged_run(run)
    with Waiting("scoring and drawing"):
        path = api.report(folder, out)
    click.echo(f"Report: {path}")
