"""``warmbench submit``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warmbench.cli.options import FOLDER, json_option, open_judged_run, print_json

if TYPE_CHECKING:
    from warmbench.data.hub.dataset_repo import DatasetRepo
    from warmbench.submission.bundle.read_bundle import Bundle
    from warmbench.submission.handing_in.prepare_bundle import Signed
    from warmbench.submission.verification.bundle_verification import BundleVerification

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
    from tempfile import TemporaryDirectory

    from warmbench.cli.print_verification import print_bundle, print_step, print_verification
    from warmbench.errors import RunError
    from warmbench.submission.handing_in.prepare_bundle import prepare_bundle

    _check_place(options)
    signed = _signed(options)
    folder = open_judged_run(run)
    with TemporaryDirectory(prefix="warmbench-submit-") as beside:
        made = Path(beside) / "bundle"
        verification = prepare_bundle(
            folder,
            signed,
            made,
            release=options["release"],
            known=_known(options),
            on_step=(lambda step: None) if as_json else print_step,
        )
        bundle, card = verification.bundle, verification.scorecard
        if not verification.is_sound or bundle is None or card is None:
            first = verification.findings[0]
            if as_json:
                print_json({"bundle": None, "verification": verification.to_json()})
            raise RunError(
                f"{run}: its bundle is not sound and was not submitted "
                f"({first.where}: {first.text})"
            )
        if not as_json:
            print_bundle(bundle, card)
            print_verification(replace(verification, target=bundle.folder_name))
        put = None if options["dry_run"] else _put(bundle, made, options)
    if as_json:
        print_json(_json(bundle, verification, put))
    elif put:
        click.echo(f"{put['done']}: {put['where']}")
    else:
        click.echo("Nothing was submitted (--dry-run)")


def _check_place(options: dict[str, Any]) -> None:
    from warmbench.errors import UsageError
    from warmbench.folders import check_free

    given = [f"--{name}" for name in ("out", "into", "repo") if options[name] is not None]
    if len(given) != 1 and not (options["dry_run"] and not given):
        found = " and ".join(given) or "none"
        raise UsageError(f"give one of --out, --into and --repo, or --dry-run; found {found}")
    if options["as_zip"] and options["out"] is None:
        raise UsageError("--zip goes with --out")
    if (out := options["out"]) is None:
        return
    if not _is_zip(options):
        check_free(out, replace=None)
    elif out.exists():
        raise UsageError(f"{out}: already exists; choose another name for --out")


def _is_zip(options: dict[str, Any]) -> bool:
    return bool(options["as_zip"]) or options["out"].suffix == ".zip"


def _signed(options: dict[str, Any]) -> Signed:
    from pydantic import ValidationError

    from warmbench.errors import UsageError, first_problem
    from warmbench.submission.bundle.submission import Provenance, SubmittedModel, Submitter
    from warmbench.submission.handing_in.prepare_bundle import Signed

    submitted: datetime = options["submitted"]
    try:
        return Signed(
            SubmittedModel(
                name=options["model_name"],
                access=options["access"],
                parameters_b=options["parameters_b"],
                license=options["model_license"],
                url=options["url"],
            ),
            Submitter(name=options["submitter"], contact=options["contact"]),
            submitted.date(),
            options["notes"],
            Provenance.REFERENCE if options["reference"] else Provenance.SUBMITTER,
        )
    except ValidationError as error:
        raise UsageError(first_problem(error)) from None


def _known(options: dict[str, Any]) -> frozenset[str]:
    """The names of models where it goes that this one's may look like; that they can't be looked
    up is said, and stops nothing."""
    from warmbench.errors import WarmbenchError
    from warmbench.submission.handing_in.pull_request import names_in_folder, names_in_repo

    try:
        if options["repo"] is not None:
            return names_in_repo(options["model_name"], _remote(options, needs_token=False))
        if options["into"] is not None:
            return names_in_folder(options["model_name"], options["into"])
    except WarmbenchError as error:
        click.echo(f"{error}; the leaderboard will check for similar names", err=True)
    return frozenset()


def _put(bundle: Bundle, made: Path, options: dict[str, Any]) -> dict[str, str]:
    """What was done, and where it is now."""
    if options["repo"] is not None:
        return _propose(bundle, options)
    if options["into"] is not None:
        from warmbench.submission.handing_in.prepare_bundle import put_in_folder

        return {"done": "written", "where": str(put_in_folder(bundle, options["into"]))}
    _write(made, options["out"], as_zip=_is_zip(options))
    return {"done": "written", "where": str(options["out"])}


def _write(made: Path, out: Path, *, as_zip: bool) -> None:
    import shutil

    from warmbench.folders import new_folder
    from warmbench.submission.bundle.write_bundle import write_zip

    if as_zip:
        write_zip(made, out)
        return
    with new_folder(out) as folder:
        shutil.copytree(made, folder, dirs_exist_ok=True)


def _propose(bundle: Bundle, options: dict[str, Any]) -> dict[str, str]:
    from warmbench.submission.handing_in.pull_request import open_pull_request

    done = open_pull_request(bundle, _remote(options, needs_token=True))
    return {"done": done.done.value, "where": done.url}


def _remote(options: dict[str, Any], *, needs_token: bool) -> DatasetRepo:
    from warmbench.data.hub.client import HubRetry, hub_api
    from warmbench.data.hub.dataset_repo import DatasetRepo

    api = hub_api(options["timeout"], needs_token=needs_token)
    retry = HubRetry(note=lambda text: click.echo(text, err=True))
    return DatasetRepo(api, options["repo"], retry)


def _json(
    bundle: Bundle, verification: BundleVerification, put: dict[str, str] | None
) -> dict[str, Any]:
    return {
        "bundle": bundle.folder_name,
        "fingerprint": bundle.fingerprint,
        "submission": bundle.submission.model_dump(mode="json"),
        "files": {name: len(content) for name, content in bundle.contents.items()},
        "verification": verification.to_json(),
        "put": put,
    }
