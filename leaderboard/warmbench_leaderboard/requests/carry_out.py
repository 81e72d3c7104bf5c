"""Does what a request asks for: runs the study, makes and verifies the bundle, hands it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from warmbench.data.load import open_data
from warmbench.engines.engine import EngineOptions
from warmbench.errors import RunError
from warmbench.records.selection import Selection
from warmbench.records.study import Study
from warmbench.run.folder import RunFolder
from warmbench.run.prompt_set import choose_prompts
from warmbench.run.runner import Observer, run_in_folder
from warmbench.run.selection import select_items
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Provenance
from warmbench.submission.handing_in.prepare_bundle import Signed, prepare_bundle
from warmbench.submission.verification.bundle_verification import Step
from warmbench_leaderboard.requests.requested_study import submitted_model, submitter_of
from warmbench_leaderboard.requests.run_request import RunRequest

__all__ = ["HandIn", "RunPlan", "bundle_of", "run_it"]

HandIn = Callable[[Bundle], str]
"""Hands a bundle in, and gives the address of the pull request (or its folder)."""


@dataclass(frozen=True)
class RunPlan:
    """``data``: as for ``warmbench run``. ``out``: the run folder, new or to be resumed."""

    study: Study
    out: Path
    data: str = "open"
    options: EngineOptions = field(default_factory=EngineOptions)


def run_it(plan: RunPlan, observer: Observer | None = None) -> RunFolder:
    """All of a release and all prompts, of both arms; resumes a run that was stopped.

    Raises ``RunError`` where something was left unanswered: the same call asks it again.
    """
    release = open_data(plan.data)
    selection = Selection()
    options = replace(plan.options, work_dir=plan.out)
    folder, summary = run_in_folder(
        plan.out,
        plan.study,
        select_items(release.items(), selection),
        release.record(),
        selection,
        options,
        observer,
        choose_prompts(plan.study, selection),
    )
    if not summary.complete:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in summary.failures.items())
        raise RunError(f"{plan.out}: not all was answered ({kinds}); the same command goes on")
    return folder


def bundle_of(
    run: RunFolder,
    request: RunRequest,
    who: str,
    today: date,
    hand_in: HandIn,
    *,
    release: Path | None = None,
    on_step: Callable[[Step], None] = lambda step: None,
) -> str:
    """Make the bundle of a run, verify it as anyone would, and hand it in; gives the address.

    Raises ``RunError`` where it is not sound: then it is handed in nowhere.
    """
    signed = Signed(
        submitted_model(request.original),
        submitter_of(request),
        today,
        notes=f"Asked for as {request.request_id}, run by {who}.",
        provenance=Provenance.REQUESTED,
    )
    with TemporaryDirectory(prefix="warmbench-request-") as beside:
        made = Path(beside) / "bundle"
        verification = prepare_bundle(run, signed, made, release=release, on_step=on_step)
        if not verification.is_sound or verification.bundle is None:
            first = verification.findings[0]
            raise RunError(f"{run.path}: its bundle is not sound ({first.where}: {first.text})")
        return hand_in(verification.bundle)
