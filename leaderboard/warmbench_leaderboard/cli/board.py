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
    help="Follow the submissions in a folder or a dataset repository on the Hub [default: show the "
    "packaged board with the published studies].",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Host to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port to listen on [default: 7860, or the next free one].",
)
@click.option("--work", type=FOLDER, help="Keep results of verification in this folder.")
@click.option("--no-browser", is_flag=True, help="Don't open a browser.")
def board(
    submissions: str | None,
    host: str,
    port: int | None,
    work: Path | None,
    no_browser: bool,
) -> None:
    """Serve the leaderboard locally and open it in the browser.

    Shows the published studies, and the entries of --submissions. Bundles can be verified in it.
    Connects to no other host, except to the Hub for --submissions ORG/NAME. Stop with Ctrl-C.
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
