"""``warmbench analyse``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER, json_option, open_judged_run, print_json

__all__ = ["analyse"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--no-length", is_flag=True, help="Skip the models that include answer length.")
@json_option
def analyse(run: Path, no_length: bool, as_json: bool) -> None:
    """Run the paper's analysis: McNemar tests and logistic models.

    Standard errors of the models are printed as in the paper, with every answer independent, and
    clustered by question. The leaderboard ranks by `warmbench score`, not by these.
    """
    from warmbench.reporting.console.analysis import print_analysis
    from warmbench.reporting.console.live_progress import Waiting
    from warmbench.scoring.analyse import analyse_run

    folder = open_judged_run(run)
    with Waiting("fitting the models"):
        found = analyse_run(folder, with_length=not no_length)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_analysis(found)
        click.echo(f"Analysis: {folder.analysis_path}")
