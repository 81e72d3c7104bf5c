"""Checks a requested run: the problems with it, one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from warmbench.errors import UsageError, WarmbenchError
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.study import Treatment
from warmbench.text_safety import name_problem, skeleton
from warmbench_leaderboard.index.board import Badge, Details, Entry
from warmbench_leaderboard.requests.model_facts import ModelFacts
from warmbench_leaderboard.requests.run_request import (
    MODEL_ID,
    OPEN_STATES,
    RequestState,
    RunRequest,
)
from warmbench_leaderboard.services.protocols import BoardSource, RequestedRun

__all__ = ["RequestLimits", "form_problems", "model_problems", "models_on_board", "queue_problems"]


_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """``parameters``: of the largest model that a maintainer can run. ``per_person``: open requests
    of one contact; ``waiting``: of all."""

    parameters: int = 80_000_000_000
    per_person: int = 3
    waiting: int = 200


def form_problems(run: RequestedRun) -> list[str]:
    """Problems with the form itself, before anything is looked up."""
    problems = []
    for what, model_id in (("original", run.original), ("warm", run.warm)):
        if model_id is not None and not MODEL_ID.fullmatch(model_id):
            problems.append(f"{what} model: {_quoted(model_id)} is not a model id; enter ORG/NAME")
    if run.warm is not None and run.warm.lower() == run.original.lower():
        problems.append("warm model: is the same as the original; to have it tuned, leave it empty")
    for what, text in (("name", run.requester), ("contact", run.contact)):
        if not text.strip():
            problems.append(f"{what}: is required; it is public")
        elif len(text) > _LONGEST_TEXT:
            problems.append(f"{what}: has {len(text):,} characters; the limit is {_LONGEST_TEXT}")
        elif problem := name_problem(text):
            problems.append(f"{what}: {problem}")
    return problems


def model_problems(model_id: str, facts: ModelFacts | None, limits: RequestLimits) -> list[str]:
    """Why a model can't be run here."""
    if facts is None:
        return [f"{model_id}: not found on the Hub, or private"]
    problems = []
    if facts.disabled:
        problems.append(f"{model_id}: disabled on the Hub")
    if facts.gated:
        problems.append(
            f"{model_id}: gated, so others can't run it or check the result; run it yourself and "
            "submit the bundle"
        )
    if facts.license is None:
        problems.append(f"{model_id}: no license in its model card")
    if facts.parameters is None:
        problems.append(f"{model_id}: no safetensors weights, which are required")
    elif facts.parameters > limits.parameters:
        problems.append(
            f"{model_id}: has {facts.parameters / 1e9:,.1f} billion parameters; the limit is "
            f"{limits.parameters / 1e9:,.0f} billion"
        )
    return problems


def queue_problems(
    run: RequestedRun,
    requests: Sequence[RunRequest],
    on_board: Collection[str | None],
    limits: RequestLimits,
) -> list[str]:
    """Why it can't be queued now. ``on_board``: the warm models (None: tuned with the recipe) that
    the board has of this original, in lower case."""
    pair = (run.original.lower(), run.warm.lower() if run.warm else None)
    problems = [
        _already_requested(r)
        for r in requests
        if r.pair == pair and r.state != RequestState.REFUSED
    ]
    if pair[1] in on_board:
        problems.append(f"{_named(run)}: is already on the board")
    unfinished = [request for request in requests if request.state in OPEN_STATES]
    theirs = sum(r.contact.casefold() == run.contact.casefold() for r in unfinished)
    if theirs >= limits.per_person:
        problems.append(
            f"{run.contact}: has {theirs} open requests; the limit is {limits.per_person}"
        )
    if len(unfinished) >= limits.waiting:
        problems.append(f"the queue is full ({len(unfinished)} requests); try again in a few days")
    return problems


def _already_requested(request: RunRequest) -> str:
    when = f"{request.last.when:%Y-%m-%d}"
    note = f" ({request.last.note})" if request.last.note else ""
    return f"{request.original.model_id}: already requested, {request.state} since {when}{note}"


def _named(run: RequestedRun) -> str:
    return f"{run.original} against {run.warm}" if run.warm else run.original


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}...")


def models_on_board(source: BoardSource) -> Callable[[str], frozenset[str | None]]:
    """A function from an original (``ORG/NAME``) to the ids of its warm models on the board, in
    lower case; None is a fine-tune of it that was verified here. Published studies don't count:
    they are worth running again."""

    def warm_models_of(original: str) -> frozenset[str | None]:
        entries = [e for e in source.board().entries if _is_of(e, original)]
        return frozenset(name for entry in entries for name in _warm_models(source, entry))

    return warm_models_of


def _is_of(entry: Entry, original: str) -> bool:
    names = (skeleton(original), skeleton(original.rpartition("/")[2]))
    return entry.badge is Badge.VERIFIED and skeleton(entry.model) in names


def _warm_models(source: BoardSource, entry: Entry) -> Iterator[str | None]:
    if entry.treatment is Treatment.FINE_TUNE:
        yield None
    try:
        yield from _names_in(source.details(entry.entry_id), entry.arm)
    except WarmbenchError:  # on the board, but its details can't be read
        return


def _names_in(details: Details, arm_name: str) -> Iterator[str]:
    arms = details.study.get("arms")
    for arm in arms if isinstance(arms, list | tuple) else ():
        if isinstance(arm, dict) and arm.get("name") == arm_name:
            try:
                spec = parse_model_spec(str(arm.get("model")))
            except UsageError:
                continue
            yield from (name.lower() for name in (spec.name, spec.adapter) if name)
