"""``warmbench demo``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.commands.options import FOLDER

__all__ = ["demo"]


@click.command()
@click.option("--out", type=FOLDER, default=Path("runs/demo"), show_default=True)
@click.option("--limit", type=click.IntRange(1), help="At most so many questions a task.")
def demo(out: Path, limit: int | None) -> None:
    """Run the whole benchmark on the embedded reference model: run, judge, score, report.

    No key, no GPU and no download are needed. The reference model has no warm arm yet, so it
    is compared with itself under another seed: the loss should be about zero.
    """
    from warmbench.demo import run_demo
    from warmbench.tables import print_scorecard

    click.echo(
        "The reference model answers the open questions twice, as both arms, under two seeds.\n"
        "It is a reference for the software, not a finding: the true loss is zero.",
        err=True,
    )
    card, page = run_demo(out, limit)
    print_scorecard(card)
    click.echo(f"Report: {page.resolve()}")
