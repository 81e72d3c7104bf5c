"""From a finished run to a verified bundle, before anything is put anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warmbench.bundle.describe_run import describe_run
from warmbench.bundle.submission import Provenance, SubmittedModel, Submitter
from warmbench.bundle.write_bundle import write_bundle
from warmbench.errors import UsageError
from warmbench.run_folder import RunFolder
from warmbench.verification.bundle import verify_bundle
from warmbench.verification.bundle_verification import BundleVerification, Step

__all__ = ["Signed", "check_whole", "prepare_bundle"]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a submitter says beside the run itself."""

    model: SubmittedModel
    submitter: Submitter
    submitted: date
    notes: str = ""
    provenance: Provenance = Provenance.SUBMITTER


def prepare_bundle(
    run: RunFolder,
    signed: Signed,
    out: Path,
    *,
    release: Path | None = None,
    known: Iterable[str] = (),
    on_step: Callable[[Step], None] = lambda step: None,
) -> BundleVerification:
    """Write the bundle of ``run`` as the folder ``out``, and verify it as anyone would.

    ``release``: the folder of the QA release, where it is neither embedded nor on the Hub.
    ``known``: the names of models where it goes; no other may look like one of them. Raises
    ``UsageError`` for a run that is not whole, or was not of a release.
    """
    check_whole(run)
    submission = describe_run(
        run,
        signed.model,
        signed.submitter,
        signed.submitted,
        provenance=signed.provenance,
        notes=signed.notes,
    )
    write_bundle(run, submission, out)
    return verify_bundle(out, release=release, known=known, on_step=on_step)


def check_whole(run: RunFolder) -> None:
    """Raise ``UsageError`` where a run can't be submitted: it asked a part of a release, or
    questions of one's own, or has answers missing."""
    record = run.record()
    selection = record.selection
    if record.release.version is None:
        raise UsageError(
            f"{run.path}: asked questions of your own ({record.release.name}); only runs on a "
            "release can be submitted"
        )
    if selection.limit or selection.tasks or selection.contexts or selection.beliefs:
        raise UsageError(
            f"{run.path}: asked only a part of {record.release.name}; a run without --limit, "
            "--tasks, --contexts and --beliefs can be submitted"
        )
    times = selection.epochs * len(record.study.arms)
    for what, asked, answered in (
        ("items", record.items * times, len(run.responses())),
        ("prompts", record.prompts * times, len(run.replies())),
    ):
        if answered != asked:
            raise UsageError(
                f"{run.path}: {asked - answered:,} of {asked:,} answers to {what} are missing; "
                "run the same `warmbench run` again, which asks for these alone"
            )
