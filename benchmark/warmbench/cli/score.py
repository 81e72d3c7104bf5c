"""``warmbench score``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER, json_option, open_judged_run, print_json

__all__ = ["score"]


@click.command()
@click.argument("run", type=FOLDER)
@json_option
def score(run: Path, as_json: bool) -> None:
    """Print the accuracy loss of a run: headline, by task, by context and by belief."""
    from warmbench import api
    from warmbench.reporting.console.scorecard import print_scorecard

    card = api.score(open_judged_run(run))
    if as_json:
        print_json(card.to_json())
    else:
        print_scorecard(card)
        click.echo(f"Next: warmbench report {run}")
