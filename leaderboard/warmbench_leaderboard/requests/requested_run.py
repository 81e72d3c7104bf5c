"""Runs a request: the study, its bundle, the submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from warmbench.data.load import open_data
from warmbench.engines.engine import EngineOptions
from warmbench.engines.registry import check_engine
from warmbench.errors import RunError, UsageError
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.selection import Selection
from warmbench.records.study import Arm, Study, Treatment
from warmbench.running.folder import RunFolder
from warmbench.running.observer import Observer
from warmbench.running.prompt_set import choose_prompts
from warmbench.running.runner import run_in_folder
from warmbench.running.selection import select_items
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Access, Provenance, SubmittedModel, Submitter
from warmbench.submission.handing_in.prepare_bundle import SubmissionDetails, prepare_bundle
from warmbench.submission.verification.bundle_verification import Step
from warmbench_leaderboard.requests.run_request import HubModel, RunRequest

__all__ = [
    "RunPlan",
    "Submit",
    "requested_study",
    "run_study",
    "submit_run",
    "submitted_model",
    "submitter_of",
]


_LOADS_ADAPTERS = ("hf", "ray", "vllm")


def requested_study(request: RunRequest, engine: str, warm: str | None = None) -> Study:
    """The study of a request, on the maintainer's engine.

    ``engine``: a name, or name@address. ``warm``: the fine-tuned model, for a request to tune one;
    written as for ``warmbench run``. Raises ``UsageError`` for an unknown engine, and where
    ``warm`` is missing or not accepted.
    """
    name, _, address = engine.partition("@")
    check_engine(name, f"--engine {engine}")
    where = f"@{address}" if address else ""
    original = Arm(
        name="original",
        model=f"{name}:{request.original.model_id}{where}",
        revision=request.original.revision,
    )
    arms = (original, _warm_arm(request, name, where, warm))
    return Study(arms=arms, treatment=Treatment.FINE_TUNE)


def _warm_arm(request: RunRequest, engine: str, where: str, warm: str | None) -> Arm:
    found = request.warm
    if found is None:
        if warm is None:
            raise UsageError(
                f"{request.request_id}: tune the model first (`warmbench tune --base "
                f"{request.original.model_id}`), then pass the result as --warm MODEL"
            )
        return Arm(name="warm", model=str(parse_model_spec(warm)))
    if warm is not None:
        raise UsageError(
            f"{request.request_id}: already has a warm model, {found.model_id}; omit --warm"
        )
    if found.is_adapter and engine in _LOADS_ADAPTERS:
        model = f"{engine}:{request.original.model_id}+{found.model_id}{where}"
        return Arm(name="warm", model=model, revision=request.original.revision)
    return Arm(name="warm", model=f"{engine}:{found.model_id}{where}", revision=found.revision)


def submitted_model(original: HubModel) -> SubmittedModel:
    """The original as the board names it."""
    return SubmittedModel(
        name=original.model_id.rpartition("/")[2],
        access=Access.OPEN,
        parameters_b=original.parameters / 1e9 or None,
        license=original.license,
        url=f"https://huggingface.co/{original.model_id}",
    )


def submitter_of(request: RunRequest) -> Submitter:
    """The requester; the provenance says that a maintainer ran it."""
    return Submitter(name=request.requester, contact=request.contact)


Submit = Callable[[Bundle], str]
"""Submits a bundle and returns the address of the pull request (or its folder)."""


@dataclass(frozen=True)
class RunPlan:
    """``data``: as for ``warmbench run``. ``out``: the run folder, new or to resume."""

    study: Study
    out: Path
    data: str = "open"
    options: EngineOptions = field(default_factory=EngineOptions)


def run_study(plan: RunPlan, observer: Observer | None = None) -> RunFolder:
    """Run all items and prompts of a release in both arms; resumes a run that was stopped.

    Raises ``RunError`` where requests failed: the same call retries them.
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
        raise RunError(f"{plan.out}: some requests failed ({kinds}); run the command again")
    return folder


def submit_run(
    run: RunFolder,
    request: RunRequest,
    who: str,
    today: date,
    submit: Submit,
    *,
    release: Path | None = None,
    on_step: Callable[[Step], None] = lambda step: None,
) -> str:
    """Make the bundle of a run, verify it, and submit it; returns the address.

    Raises ``RunError`` where it is not sound: then it is not submitted.
    """
    details = SubmissionDetails(
        submitted_model(request.original),
        submitter_of(request),
        today,
        notes=f"Request {request.request_id}, run by {who}.",
        provenance=Provenance.REQUESTED,
    )
    with TemporaryDirectory(prefix="warmbench-request-") as beside:
        made = Path(beside) / "bundle"
        verification = prepare_bundle(run, details, made, release=release, on_step=on_step)
        if not verification.is_sound or verification.bundle is None:
            first = verification.findings[0]
            raise RunError(f"{run.path}: its bundle is not sound ({first.where}: {first.text})")
        return submit(verification.bundle)
