"""The seam between a run and whatever answers it: requests in, responses out as they finish."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from warmbench.conditions import Task
from warmbench.engines.budget import Budget
from warmbench.records.item import Message
from warmbench.records.tokens import NO_TOKENS, Tokens

__all__ = [
    "Answer",
    "BeginsAhead",
    "Engine",
    "EngineOptions",
    "Failure",
    "FailureKind",
    "Request",
    "Response",
    "Responses",
]


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask. ``key`` names it in the ledger; ``seed`` is its own.

    ``block`` is its place in the plan divided by the engine's ``block_size``: engines that draw
    a whole batch from one random stream answer a block at a time, so that a run that was
    stopped and resumed draws the same answers.
    """

    key: str
    arm: str
    item_id: str
    epoch: int
    messages: tuple[Message, ...]
    temperature: float
    max_tokens: int
    top_p: float
    seed: int
    block: int = 0


class FailureKind(StrEnum):
    """Why a request has no answer."""

    BAD_REQUEST = "bad_request"
    CONNECTION = "connection"
    CONTENT_FILTER = "content_filter"
    EMPTY = "empty"
    MALFORMED = "malformed"
    MISSING = "missing"
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    WRONG_MODEL = "wrong_model"


@dataclass(frozen=True, slots=True)
class Answer:
    """A request that was answered, whatever the text says.

    ``attempts`` is how often it was sent; ``faults`` what became of it before, ``lost`` the
    tokens billed for that, where they are known. ``model`` is what the reply calls the model.
    """

    key: str
    text: str
    finish_reason: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    attempts: int = 1
    model: str | None = None
    faults: tuple[FailureKind, ...] = ()
    lost: Tokens = NO_TOKENS

    @property
    def billed(self) -> Tokens:
        """All tokens that this request is known to be billed for."""
        return self.lost + Tokens(self.prompt_tokens or 0, self.completion_tokens or 0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that was not answered. It is never a wrong answer; a resumed run asks again.

    ``faults`` are those before the last one, ``kind``; ``lost`` the tokens billed for all of
    them, where they are known.
    """

    key: str
    kind: FailureKind
    message: str
    attempts: int = 1
    faults: tuple[FailureKind, ...] = ()
    lost: Tokens = NO_TOKENS

    @property
    def billed(self) -> Tokens:
        """All tokens that this request is known to be billed for."""
        return self.lost


Response = Answer | Failure

Responses = Generator[Sequence[Response], None, None]
"""Groups of responses as they finish. A generator: closing it stops the asking."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What an engine may be told that does not change an answer.

    ``column_names`` and ``task`` are for recorded answers (``warmbench.data.recorded_answers``).
    ``work_dir`` is where an engine keeps what another process has to know of it (the run folder).
    ``served_as`` are names by which an endpoint may call the model that was asked; ``budget`` is
    what the run may still spend: an engine that retries asks it before every request.
    ``engine_args`` go on to the library that computes (vLLM, Ray), name -> value as written. An
    engine makes those that can change an answer part of its identity.
    """

    concurrency: int = 16
    max_retries: int = 6
    timeout_s: float = 120.0
    device: str = "auto"
    column_names: Mapping[str, str] = field(default_factory=dict)
    task: Task | None = None
    work_dir: Path | None = None
    served_as: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget)
    engine_args: Mapping[str, str] = field(default_factory=dict)


class Engine(Protocol):
    """Answers requests. One engine serves one arm."""

    @property
    def block_size(self) -> int:
        """How many requests are drawn together (1: each has a random stream of its own)."""
        ...

    def identity(self) -> Mapping[str, str | None]:
        """All about the model that can change an answer: engine, endpoint, model, revision,
        adapter. Part of every ledger key."""
        ...

    def ask(self, requests: Sequence[Request]) -> Responses:
        """Yield responses in groups as they finish; each request is answered exactly once.

        Raises ``EngineError`` when nothing at all can be answered.
        """
        ...

    def close(self) -> None:
        """Let go of connections and memory."""
        ...


@runtime_checkable
class BeginsAhead(Protocol):
    """An engine whose answers take hours: it can be told what it will be asked, so that the arms
    of a study are under way at the same time."""

    def begin(self, requests: Sequence[Request]) -> None:
        """Begin without waiting; ``ask`` with the same requests then follows them."""
        ...
