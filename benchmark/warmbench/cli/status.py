"""``warmbench status``."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from warmbench.cli.options import FOLDER, json_option, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from warmbench.records.run_status import RunStatus

__all__ = ["status"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--watch", is_flag=True, help="Look again every two seconds until the run ends.")
@json_option
def status(run: Path, watch: bool, as_json: bool) -> None:
    """Show the progress of a run: answers, failures, rate, time left, tokens, cost.

    Works from another shell while the run goes on, and changes nothing in RUN. With --watch and
    --json, each look is one line of JSON.
    """
    from warmbench import api
    from warmbench.judging.refusals import is_refusal
    from warmbench.reporting.console.status import status_text
    from warmbench.running.status import RunWatch

    if watch:
        looks = RunWatch(run, is_refusal).until_it_ends()
        with suppress(KeyboardInterrupt):
            _print_lines(looks) if as_json else _show(looks)
    elif as_json:
        print_json(api.status(run).to_json())
    else:
        click.echo(status_text(api.status(run)))


def _print_lines(looks: Iterable[RunStatus]) -> None:
    for look in looks:
        click.echo(json.dumps(look.to_json(), ensure_ascii=False))


def _show(looks: Iterable[RunStatus]) -> None:
    """In place on a terminal; elsewhere one text after the other."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from warmbench.reporting.console.live_progress import can_redraw
    from warmbench.reporting.console.status import status_text

    console = Console()
    if not can_redraw(console):
        for look in looks:
            click.echo(status_text(look) + "\n")
        return
    with Live(console=console, auto_refresh=False) as live:
        for look in looks:
            live.update(Text(status_text(look)), refresh=True)
