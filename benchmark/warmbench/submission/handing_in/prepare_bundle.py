"""From a finished run to a verified bundle, before anything is submitted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from warmbench.errors import UsageError, first_problem
from warmbench.folders import new_folder
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.response import FailureKind
from warmbench.records.scorecard import METRIC_VERSION
from warmbench.records.verdict import judges_of
from warmbench.running.folder import RunFolder
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Provenance, Submission, SubmittedModel, Submitter
from warmbench.submission.bundle.write_bundle import write_bundle
from warmbench.submission.handing_in.pull_request import BUNDLES
from warmbench.submission.verification.bundle_verification import BundleVerification, Step
from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench.tasks.registry import headline_tasks

__all__ = ["SubmissionDetails", "check_whole", "describe_run", "prepare_bundle", "put_in_folder"]


_FINAL = frozenset(
    kind.value
    for kind in (
        FailureKind.BAD_REQUEST,
        FailureKind.CONTENT_FILTER,
        FailureKind.EMPTY,
        FailureKind.REASONING_ONLY,
    )
)
"""The failures that asking again would hardly mend. A bundle may have them."""


@dataclass(frozen=True, slots=True)
class SubmissionDetails:
    """What the submitter adds to the run itself."""

    model: SubmittedModel
    submitter: Submitter
    submitted: date
    notes: str = ""
    provenance: Provenance = Provenance.SUBMITTER


def prepare_bundle(
    run: RunFolder,
    details: SubmissionDetails,
    out: Path,
    *,
    release: Path | None = None,
    known: Iterable[str] = (),
    on_step: Callable[[Step], None] = lambda step: None,
) -> BundleVerification:
    """Write the bundle of ``run`` as the folder ``out``, and verify it.

    ``release``: the folder of the QA release, where it is neither embedded nor on the Hub.
    ``known``: the names of models where it goes; no other may look like one of them. Raises
    ``UsageError`` for a run that is not whole, or was not of a release.
    """
    check_whole(run)
    submission = describe_run(
        run,
        details.model,
        details.submitter,
        details.submitted,
        provenance=details.provenance,
        notes=details.notes,
    )
    write_bundle(run, submission, out)
    return verify_bundle(out, release=release, known=known, on_step=on_step)


def describe_run(
    run: RunFolder,
    model: SubmittedModel,
    submitter: Submitter,
    submitted: date,
    *,
    provenance: Provenance = Provenance.SUBMITTER,
    notes: str = "",
) -> Submission:
    """The submission of a finished run. Judges it by reference where nobody has judged yet.

    Raises ``DataError`` where the run has not finished, ``UsageError`` where a text is too long.
    """
    record = run.record()
    try:
        return Submission(
            model=model,
            submitter=submitter,
            provenance=provenance,
            submitted=submitted,
            study=record.study,
            engines=record.engines,
            release=record.release,
            prompt_release=record.prompt_release,
            selection=record.selection,
            metric_version=METRIC_VERSION,
            warmbench_version=version("warmbench"),
            judge=judges_of(verdicts_of(run)),
            notes=notes,
        )
    except ValidationError as error:
        raise UsageError(first_problem(error)) from None


def check_whole(run: RunFolder) -> None:
    """Raise ``UsageError`` where a run can't be submitted: it asked a part of a release, or
    questions of one's own, or has answers missing that asking again may give."""
    record = run.record()
    if record.release.version is None:
        raise UsageError(
            f"{run.path}: ran on your own questions ({record.release.name}); only runs on a "
            "release can be submitted"
        )
    if not any(item.task in headline_tasks() for item in run.items()):
        raise UsageError(
            f"{run.path}: asked no task of the headline ({', '.join(headline_tasks())}); only runs "
            "on a published release can be submitted"
        )
    if record.selection.is_partial:
        raise UsageError(
            f"{run.path}: covers only part of {record.release.name}; to submit, run without "
            "--limit, --tasks, --contexts and --beliefs"
        )
    times = record.selection.epochs * len(record.study.arms)
    final = [row for row in run.failures() if row["kind"] in _FINAL]
    items = {item.item_id for item in run.items()}
    failed = sum(row["item_id"] in items for row in final)
    for what, asked, known in (
        ("items", record.items * times, len(run.responses()) + failed),
        ("prompts", record.prompts * times, len(run.prompt_responses()) + len(final) - failed),
    ):
        if known != asked:
            raise UsageError(
                f"{run.path}: {asked - known:,} of {asked:,} answers to {what} are missing; "
                "run the same `warmbench run` again to get only these"
            )


def put_in_folder(bundle: Bundle, submissions: Path) -> Path:
    """Write the bundle's folder under ``submissions/bundles``, whole or not at all; gives it.

    Nothing is done where just these files are there. Raises ``UsageError`` where ``submissions``
    is not a folder, or holds other files under that name.
    """
    if not submissions.is_dir():
        raise UsageError(f"{submissions}: no such folder; give the submissions/ folder")
    out = submissions / BUNDLES / bundle.folder_name
    if out.exists():
        there = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
        if there != dict(bundle.contents):
            raise UsageError(
                f"{out}: has the same rows with different files; remove it to submit them again"
            )
        return out
    with new_folder(out) as folder:
        for name, content in bundle.contents.items():
            (folder / name).write_bytes(content)
    return out
