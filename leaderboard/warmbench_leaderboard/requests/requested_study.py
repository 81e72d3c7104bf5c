"""The study that answers a request, on the engine that a maintainer has."""

from __future__ import annotations

from warmbench.engines.registry import check_engine
from warmbench.errors import UsageError
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.study import Arm, Study, Treatment
from warmbench.submission.bundle.submission import Access, SubmittedModel, Submitter
from warmbench_leaderboard.requests.run_request import HubModel, RunRequest

__all__ = ["requested_study", "submitted_model", "submitter_of"]

_LOADS_ADAPTERS = ("hf", "ray", "vllm")


def requested_study(request: RunRequest, engine: str, warm: str | None = None) -> Study:
    """``engine``: a name, or name@address. ``warm``: the tuned model, where the request is for one
    that was to be tuned by the recipe; written as for ``warmbench run``.

    Raises ``UsageError`` for an unknown engine, and where ``warm`` is missing or too many.
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
                f"{request.request_id}: is to be tuned first: `warmbench tune --base "
                f"{request.original.model_id}`; then give the result as --warm MODEL"
            )
        return Arm(name="warm", model=str(parse_model_spec(warm)))
    if warm is not None:
        raise UsageError(
            f"{request.request_id}: names its warm model, {found.model_id}; leave --warm out"
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
    """Who asked answers for it; that a maintainer ran it, its provenance says."""
    return Submitter(name=request.requester, contact=request.contact)
