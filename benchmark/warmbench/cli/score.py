"""``warmbench score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from warmbench.cli.options import FOLDER, json_option, open_judged_run, print_json

if TYPE_CHECKING:
    from warmbench.running.folder import RunFolder

__all__ = ["score"]


@click.command()
@click.argument("run", type=FOLDER)
@json_option
def score(run: Path, as_json: bool) -> None:
    """Print the accuracy loss of a run: headline, by task, by context and by belief.

    If the run has not finished, or is still running: a partial score of what both arms have
    answered so far, by the reference judge. Nothing is written then.
    """
    from warmbench import api
    from warmbench.reporting.console.live_progress import Waiting
    from warmbench.reporting.console.scorecard import print_scorecard
    from warmbench.running.folder import RunFolder
    from warmbench.running.unfinished import is_unfinished

    folder = RunFolder.open(run)
    if is_unfinished(folder):
        _score_partly(folder, as_json)
        return
    folder = open_judged_run(run)
    with Waiting("scoring"):
        card = api.score(folder)
    if as_json:
        print_json(card.to_json())
    else:
        print_scorecard(card)
        if card.closing and folder.closing_differences_path.is_file():
            click.echo(f"Replies that state another answer: {folder.closing_differences_path}")
        click.echo(f"Next: warmbench report {run}")


def _score_partly(folder: RunFolder, as_json: bool) -> None:
    from warmbench.reporting.console.progress import JudgingProgress
    from warmbench.reporting.console.scorecard import print_scorecard
    from warmbench.scoring.partial import partial_score

    with JudgingProgress() as progress:
        found = partial_score(folder, progress)
    waiting = f"; no pair yet with {' and '.join(found.waiting)}" if found.waiting else ""
    click.echo(
        f"Partial: {found.answered:,} of {found.requests:,} requests answered{waiting}; the run "
        "has not finished, and nothing was written.",
        err=as_json,
    )
    if as_json:
        print_json(found.card.to_json())
    else:
        print_scorecard(found.card)
