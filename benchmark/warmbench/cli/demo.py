"""``warmbench demo``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER

__all__ = ["demo"]


@click.command()
@click.option("--out", type=FOLDER, default=Path("runs/demo"), show_default=True)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=30,
    show_default=True,
    help="At most so many questions a task; the open pool has 84.",
)
def demo(out: Path, limit: int) -> None:
    """Run the whole benchmark on the embedded reference model: run, judge, score, report.

    No key, no GPU and no download are needed. The model answers the open questions in three
    arms: as it was, tuned warm and tuned cold. It is small and tuned on a small set, so what
    you see is how the software works, whatever the loss turns out to be.
    """
    from warmbench.demo import run_demo
    from warmbench.report.console.scorecard import print_scorecard

    click.echo(
        "The reference model answers the open questions in three arms: original, warm, cold.\n"
        "It is a reference for the software, not a finding about language models.",
        err=True,
    )
    card, page = run_demo(out, limit)
    print_scorecard(card.to_json())
    click.echo(f"Report: {page.resolve()}")
