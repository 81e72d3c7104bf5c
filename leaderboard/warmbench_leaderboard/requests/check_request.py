"""What speaks against a request, in sentences for who asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from warmbench.text_safety import name_problem
from warmbench_leaderboard.requests.model_facts import ModelFacts
from warmbench_leaderboard.requests.run_request import MODEL_ID, OPEN_STATES, RunRequest, State
from warmbench_leaderboard.services.protocols import AskedRun

__all__ = ["RequestLimits", "form_problems", "model_problems", "queue_problems"]

_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """``parameters``: the largest model that a maintainer can run. ``a_person``: requests of one
    contact that are open at once; ``waiting``: of all."""

    parameters: int = 80_000_000_000
    a_person: int = 3
    waiting: int = 200


def form_problems(asked: AskedRun) -> list[str]:
    """What is wrong with the form itself, before anything is looked up."""
    problems = []
    for what, model_id in (("original", asked.original), ("warm", asked.warm)):
        if model_id is not None and not MODEL_ID.fullmatch(model_id):
            problems.append(
                f"{what} model: {_shown(model_id)} is no model on the Hub; write ORG/NAME"
            )
    if asked.warm is not None and asked.warm.lower() == asked.original.lower():
        problems.append("warm model: it is the original; leave it empty to have it tuned")
    for what, text in (("name", asked.requester), ("contact", asked.contact)):
        if not text.strip():
            problems.append(f"{what}: is empty; it is needed, and is public")
        elif len(text) > _LONGEST_TEXT:
            problems.append(f"{what}: has {len(text):,} characters; accepted are {_LONGEST_TEXT}")
        elif problem := name_problem(text):
            problems.append(f"{what}: {problem}")
    return problems


def model_problems(model_id: str, facts: ModelFacts | None, limits: RequestLimits) -> list[str]:
    """Why a model can't be run here."""
    if facts is None:
        return [f"{model_id}: there is no such model on the Hub, or it is private"]
    problems = []
    if facts.disabled:
        problems.append(f"{model_id}: the Hub has disabled it")
    if facts.gated:
        problems.append(
            f"{model_id}: gated, so nobody but those its owners let in can run it or check the "
            "result; run it yourself, and submit the bundle"
        )
    if facts.license is None:
        problems.append(f"{model_id}: its card names no licence")
    if facts.parameters is None:
        problems.append(
            f"{model_id}: has no weights in safetensors, the only kind that is run here"
        )
    elif facts.parameters > limits.parameters:
        problems.append(
            f"{model_id}: has {facts.parameters / 1e9:,.1f} thousand million parameters; accepted "
            f"are at most {limits.parameters / 1e9:,.0f}"
        )
    return problems


def queue_problems(
    asked: AskedRun,
    requests: Sequence[RunRequest],
    on_board: Collection[str | None],
    limits: RequestLimits,
) -> list[str]:
    """Why it can't be queued now. ``on_board``: the warm models (None: tuned by the recipe) with
    which the original stands on the board, in lower case."""
    pair = (asked.original.lower(), asked.warm.lower() if asked.warm else None)
    problems = [_there_already(r) for r in requests if r.pair == pair and r.state != State.REFUSED]
    if pair[1] in on_board:
        problems.append(f"{_named(asked)}: is on the board already")
    unfinished = [request for request in requests if request.state in OPEN_STATES]
    theirs = sum(r.contact.casefold() == asked.contact.casefold() for r in unfinished)
    if theirs >= limits.a_person:
        problems.append(
            f"{asked.contact}: has {theirs} requests open; accepted are {limits.a_person} at once"
        )
    if len(unfinished) >= limits.waiting:
        problems.append(f"the queue is full ({len(unfinished)} requests); try again in some days")
    return problems


def _there_already(request: RunRequest) -> str:
    when = f"{request.last.when:%Y-%m-%d}"
    note = f" ({request.last.note})" if request.last.note else ""
    return f"{request.original.model_id}: was asked for already, {request.state} since {when}{note}"


def _named(asked: AskedRun) -> str:
    return f"{asked.original} against {asked.warm}" if asked.warm else asked.original


def _shown(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}...")
