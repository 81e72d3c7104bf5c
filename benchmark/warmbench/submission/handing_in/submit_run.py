"""Submits a finished run: its bundle is made, verified, and put where it is wanted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from warmbench.data.hub.client import HubRetry, hub_api
from warmbench.data.hub.dataset_repo import DatasetRepo
from warmbench.errors import RunError, UsageError, WarmbenchError, first_problem
from warmbench.folders import check_free, new_folder
from warmbench.records.scorecard import Scorecard
from warmbench.run.folder import RunFolder
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Provenance, SubmittedModel, Submitter
from warmbench.submission.bundle.write_bundle import write_zip
from warmbench.submission.handing_in.prepare_bundle import Signed, prepare_bundle, put_in_folder
from warmbench.submission.handing_in.pull_request import (
    names_in_folder,
    names_in_repo,
    open_pull_request,
)
from warmbench.submission.verification.bundle_verification import BundleVerification, Step

__all__ = ["Destination", "SubmitObserver", "SubmittedRun", "UnsoundBundle", "signed", "submit_run"]


class UnsoundBundle(RunError):
    """The bundle of a run is not sound, and was not submitted."""

    def __init__(self, run: Path, verification: BundleVerification) -> None:
        first = verification.findings[0]
        super().__init__(
            f"{run}: its bundle is not sound and was not submitted ({first.where}: {first.text})"
        )
        self.verification = verification


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a bundle goes: ``out`` (a new folder, or a .zip), ``into`` (the submissions/ of a Git
    repository) or ``repo`` (a pull request on a dataset repository of the Hub). Raises
    ``UsageError`` unless exactly one is given, or none and ``dry_run``."""

    out: Path | None = None
    into: Path | None = None
    repo: str | None = None
    as_zip: bool = False
    dry_run: bool = False
    timeout_s: float = 120.0

    def __post_init__(self) -> None:
        given = [f"--{name}" for name in ("out", "into", "repo") if getattr(self, name) is not None]
        if len(given) != 1 and not (self.dry_run and not given):
            found = " and ".join(given) or "none"
            raise UsageError(f"give one of --out, --into and --repo, or --dry-run; found {found}")
        if self.as_zip and self.out is None:
            raise UsageError("--zip goes with --out")
        if self.out is not None and not self.is_zip:
            check_free(self.out, replace=None)
        elif self.out is not None and self.out.exists():
            raise UsageError(f"{self.out}: already exists; choose another name for --out")

    @property
    def is_zip(self) -> bool:
        return self.as_zip or (self.out is not None and self.out.suffix == ".zip")


def _nothing(_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class SubmitObserver:
    """Is told of each step of the verification, of what will be public before it is, and of what
    went less than well (``note``)."""

    on_step: Callable[[Step], None] = _nothing
    on_sound: Callable[[BundleVerification], None] = _nothing
    note: Callable[[str], None] = _nothing


@dataclass(frozen=True, slots=True)
class SubmittedRun:
    """``done`` (``opened``, ``written`` ...) and ``where`` it is now; both None after a dry run."""

    bundle: Bundle
    scorecard: Scorecard
    verification: BundleVerification
    done: str | None = field(default=None)
    where: str | None = field(default=None)

    def to_json(self) -> dict[str, Any]:
        return {
            "bundle": self.bundle.folder_name,
            "fingerprint": self.bundle.fingerprint,
            "submission": self.bundle.submission.model_dump(mode="json"),
            "files": {name: len(content) for name, content in self.bundle.contents.items()},
            "verification": self.verification.to_json(),
            "put": {"done": self.done, "where": self.where} if self.done else None,
        }

    def __str__(self) -> str:
        put = f"{self.done}: {self.where}" if self.done else "not submitted (dry run)"
        return f"{self.bundle.folder_name}, {put}"

    __repr__ = __str__


def signed(
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
) -> Signed:
    """Who submits which model; raises ``UsageError`` that names the field."""
    try:
        return Signed(
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
    signed: Signed,
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
            signed,
            made,
            release=release,
            known=_known(signed.model.name, destination, observer),
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
        return opened.done.value, opened.url
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
