"""``warmbench demo``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER

__all__ = ["demo"]


@click.command()
@click.option(
    "--out", type=FOLDER, default=Path("runs/demo"), show_default=True, help="The run folder."
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=30,
    show_default=True,
    help="Maximum number of questions per task; the open pool has 84.",
)
def demo(out: Path, limit: int) -> None:
    """Run the whole benchmark on the packaged reference model: run, judge, score, report.

    Needs no API key, GPU or download. The model answers the open questions in three arms:
    original, tuned warm and tuned cold. It is a small model tuned on a small set: the demo shows
    how the software works, not what warmth does to language models.
    """
    from warmbench.demo import run_demo
    from warmbench.reporting.console.scorecard import print_scorecard

    click.echo(
        "The reference model answers the open questions in three arms: original, warm, cold.\n"
        "It is a reference for the software, not a finding about language models.",
        err=True,
    )
    card, page = run_demo(out, limit)
    print_scorecard(card)
    click.echo(f"Report: {page.resolve()}")
