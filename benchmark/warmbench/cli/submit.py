"""``warmbench submit``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from warmbench.cli.options import FOLDER, json_option, open_judged_run, print_json

__all__ = ["submit"]


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--model-name", required=True, metavar="NAME", help="Name on the leaderboard.")
@click.option("--access", type=click.Choice(["open", "api"]), required=True,
              help="Whether the weights of the original model are available.")  # fmt: skip
@click.option("--parameters-b", type=float, metavar="X", help="Parameters, in billions.")
@click.option("--model-license", metavar="L", help="Licence of the model, e.g. apache-2.0.")
@click.option("--url", metavar="URL", help="Page of the model, https://...")
@click.option(
    "--submitter", required=True, metavar="NAME", help="Person or organisation that submits."
)
@click.option(
    "--contact", required=True, metavar="TEXT", help="E-mail address or page; will be public."
)
@click.option("--date", "submitted", type=click.DateTime(["%Y-%m-%d"]), required=True,
              metavar="YYYY-MM-DD", help="Date of the submission.")  # fmt: skip
@click.option("--notes", default="", metavar="TEXT", help="Notes for readers of the leaderboard.")
@click.option("--reference", is_flag=True, help="Mark as the packaged reference model.")
@click.option("--release", type=FOLDER,
              help="Release of the run, if it is neither packaged nor on the Hub.")  # fmt: skip
@click.option("--out", type=FOLDER, help="Write the bundle to this new folder or .zip.")
@click.option("--zip", "as_zip", is_flag=True, help="Write --out as a .zip.")
@click.option("--into", type=FOLDER, metavar="SUBMISSIONS",
              help="Add it to the submissions/ folder of a Git repository.")  # fmt: skip
@click.option("--repo", metavar="ORG/NAME",
              help="Open a pull request on this dataset repository on the Hub.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Build, verify and show the bundle, and stop.")
@click.option("--timeout", type=click.FloatRange(0.1), default=120.0, show_default=True,
              help="Seconds per request to the Hub.")  # fmt: skip
@json_option
def submit(run: Path, as_json: bool, **options: Any) -> None:
    """Bundle a finished run, verify the bundle, and submit it.

    Shows what will be public: the answers, verdicts, numbers and the submitter. The bundle goes to
    --out, --into or --repo. Repeating the command finishes what is left. The exit status is 1 if
    the bundle is not sound.
    """
    from dataclasses import replace

    from warmbench.cli.print_verification import print_bundle, print_step, print_verification
    from warmbench.submission.handing_in.submit_run import submission_details, submit_run
    from warmbench.submission.handing_in.submitted_run import (
        Destination,
        SubmitObserver,
        UnsoundBundle,
    )
    from warmbench.submission.verification.bundle_verification import BundleVerification

    def show(verification: BundleVerification) -> None:
        if verification.bundle and verification.scorecard:
            print_bundle(verification.bundle, verification.scorecard)
        print_verification(verification)

    destination = Destination(
        *(options.pop(name) for name in ("out", "into", "repo", "as_zip", "dry_run", "timeout"))
    )
    release = options.pop("release")
    submitted: datetime = options.pop("submitted")
    details = submission_details(**options, submitted=submitted.date())
    quiet = SubmitObserver(note=lambda text: click.echo(text, err=True))
    observer = quiet if as_json else replace(quiet, on_step=print_step, on_sound=show)
    try:
        done = submit_run(
            open_judged_run(run), details, destination, release=release, observer=observer
        )
    except UnsoundBundle as error:
        if as_json:
            print_json({"bundle": None, "verification": error.verification.to_json()})
        raise
    if as_json:
        print_json(done.to_json())
    elif done.done:
        click.echo(f"{done.done}: {done.where}")
    else:
        click.echo("Nothing was submitted (--dry-run)")
