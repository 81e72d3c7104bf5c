"""Submits a finished run: its bundle is made, verified, and put where it is wanted."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from warmbench.data.hub.client import HubRetry, hub_api
from warmbench.data.hub.dataset_repo import DatasetRepo
from warmbench.errors import UsageError, WarmbenchError, first_problem
from warmbench.folders import new_folder
from warmbench.running.folder import RunFolder
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Provenance, SubmittedModel, Submitter
from warmbench.submission.bundle.write_bundle import write_zip
from warmbench.submission.handing_in.prepare_bundle import (
    SubmissionDetails,
    prepare_bundle,
    put_in_folder,
)
from warmbench.submission.handing_in.pull_request import (
    names_in_folder,
    names_in_repo,
    open_pull_request,
)
from warmbench.submission.handing_in.submitted_run import (
    Destination,
    SubmitObserver,
    SubmittedRun,
    UnsoundBundle,
)

__all__ = ["submission_details", "submit_run"]


def submission_details(
    *,
    model_name: str,
    access: str,
    submitter: str,
    contact: str,
    submitted: date,
    parameters_b: float | None = None,
    model_license: str | None = None,
    url: str | None = None,
    notes: str = "",
    reference: bool = False,
) -> SubmissionDetails:
    """Who submits which model; raises ``UsageError`` that names the field."""
    try:
        return SubmissionDetails(
            SubmittedModel.model_validate(
                {
                    "name": model_name,
                    "access": access,
                    "parameters_b": parameters_b,
                    "license": model_license,
                    "url": url,
                }
            ),
            Submitter(name=submitter, contact=contact),
            submitted,
            notes,
            Provenance.REFERENCE if reference else Provenance.SUBMITTER,
        )
    except ValidationError as error:
        raise UsageError(first_problem(error)) from None


def submit_run(
    folder: RunFolder,
    details: SubmissionDetails,
    destination: Destination,
    *,
    release: Path | None = None,
    observer: SubmitObserver | None = None,
) -> SubmittedRun:
    """Make the bundle of a run, verify it, and put it where ``destination`` says. Again it does
    what is left, or nothing.

    Raises ``UnsoundBundle`` for one that is not sound, ``UsageError`` for a run that can't be
    submitted.
    """
    observer = observer or SubmitObserver()
    with TemporaryDirectory(prefix="warmbench-submit-") as beside:
        made = Path(beside) / "bundle"
        verification = prepare_bundle(
            folder,
            details,
            made,
            release=release,
            known=_known(details.model.name, destination, observer),
            on_step=observer.on_step,
        )
        bundle, card = verification.bundle, verification.scorecard
        if not verification.is_sound or bundle is None or card is None:
            raise UnsoundBundle(folder.path, verification)
        verification = replace(verification, target=bundle.folder_name)
        observer.on_sound(verification)
        if destination.dry_run:
            return SubmittedRun(bundle, card, verification)
        done, where = _put(bundle, made, destination, observer)
    return SubmittedRun(bundle, card, verification, done, where)


def _known(name: str, destination: Destination, observer: SubmitObserver) -> frozenset[str]:
    """The names of models where it goes that this one may look like. Where they can't be looked up
    a note says so, and nothing stops."""
    try:
        if destination.repo is not None:
            return names_in_repo(name, _remote(destination, observer, needs_token=False))
        if destination.into is not None:
            return names_in_folder(name, destination.into)
    except WarmbenchError as error:
        observer.note(f"{error}; the leaderboard will check for similar names")
    return frozenset()


def _put(
    bundle: Bundle, made: Path, destination: Destination, observer: SubmitObserver
) -> tuple[str, str]:
    if destination.repo is not None:
        opened = open_pull_request(bundle, _remote(destination, observer, needs_token=True))
        return opened.outcome.value, opened.url
    if destination.into is not None:
        return "written", str(put_in_folder(bundle, destination.into))
    assert destination.out is not None  # one of the three is given
    if destination.is_zip:
        write_zip(made, destination.out)
    else:
        with new_folder(destination.out) as folder:
            shutil.copytree(made, folder, dirs_exist_ok=True)
    return "written", str(destination.out)


def _remote(
    destination: Destination, observer: SubmitObserver, *, needs_token: bool
) -> DatasetRepo:
    api = hub_api(destination.timeout_s, needs_token=needs_token)
    return DatasetRepo(api, str(destination.repo), HubRetry(note=observer.note))
