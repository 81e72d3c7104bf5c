"""``warmbench board``."""

from __future__ import annotations

from pathlib import Path

import click

from warmbench.cli.options import FOLDER

__all__ = ["board"]


@click.command()
@click.option(
    "--submissions",
    metavar="FOLDER|ORG/NAME",
    help="Follow these submissions: a folder, or a dataset repository on the Hub [default: the "
    "board that ships, with the published studies].",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="The port [default: 7860, or the next that is free].",
)
@click.option("--work", type=FOLDER, help="Keep what was verified in this folder, for next time.")
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
def board(
    submissions: str | None,
    host: str,
    port: int | None,
    work: Path | None,
    no_browser: bool,
) -> None:
    """Show the leaderboard in the browser, until Ctrl-C.

    It holds the models of the published studies, and what is in the submissions; bundles can be
    verified in it. Nothing is asked of any other host but the Hub, and of that only for
    --submissions ORG/NAME.
    """
    from importlib.util import find_spec

    from warmbench.errors import UsageError

    if find_spec("gradio") is None:
        raise UsageError(
            "warmbench board needs gradio; install it with: pip install 'warmbench[leaderboard]'"
        )

    from warmbench_leaderboard.site.serve import serve

    def ready(address: str) -> None:
        click.echo(f"Leaderboard: {address} (stop with Ctrl-C)")
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    serve(submissions, host=host, port=port, work=work, ready=ready)
