"""What a run asks of an engine: requests in, responses out as they finish."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from warmbench.engines.budget import Budget, Price, most_tokens
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.records.response import Response, Tokens

__all__ = ["NEVER_ASKED", "ArmHistory", "Engine", "EngineOptions", "Responses", "default_timeout"]

Responses = Generator[Sequence[Response], None, None]
"""Groups of responses as they finish. A generator: closing it stops the asking."""


def default_timeout(max_tokens: int) -> float:
    """Seconds that a request may take: five times what so many tokens take at five a second, since
    it may wait for its turn, and a minute for the prompt."""
    return 60.0 + max_tokens


def _say_nothing(text: str) -> None:
    """The default: nothing is shown."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Settings of an engine that do not change an answer.

    ``column_names`` and ``task`` are for recorded answers (``warmbench.data.recorded_answers``).
    ``work_dir`` is where an engine keeps what another process has to know of it (the run folder).
    ``model_aliases`` are further names that an endpoint's replies may give the model; ``budget`` is
    what the run may still spend: an engine that retries asks it before every request.
    ``engine_args`` are an engine's own (``Engine.options_taken``), name -> value as written.
    An engine makes those that can change an answer part of its identity.
    ``note`` takes a few words about what the engine is doing before its next answer: "loading the
    model", "1,240 tokens of 32 answers". The run shows them next to the arm; call it as often as
    you like.
    """

    concurrency: int = 16
    max_retries: int = 6
    timeout_s: float = default_timeout(300)
    device: str = "auto"
    column_names: Mapping[str, str] = field(default_factory=dict)
    task: str | None = None
    work_dir: Path | None = None
    model_aliases: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget)
    engine_args: Mapping[str, str] = field(default_factory=dict)
    note: Callable[[str], None] = _say_nothing


@dataclass(frozen=True, slots=True)
class ArmHistory:
    """What a run knows about an arm from earlier sessions: how many requests were answered, their
    form (None: not known), and how many were refused."""

    answers: int = 0
    form: RequestForm | None = None
    refused: int = 0


NEVER_ASKED = ArmHistory()


class Engine(Protocol):
    """Answers requests. One engine serves one arm.

    A class of an engine takes ``(spec, options, revision)``. One that derives from this has the
    defaults below, and must give ``identity`` and ``ask``.
    """

    @property
    def block_size(self) -> int:
        """How many requests are drawn together (1: each has a random stream of its own)."""
        return 1

    @property
    def keeps_budget(self) -> bool:
        """Whether the engine reserves each attempt from ``EngineOptions.budget`` itself, retries
        included. For others the run reserves each request before it asks them."""
        return False

    def most_tokens(self, request: Request) -> Tokens:
        """The most tokens that a request may be billed for; by default an estimate from its
        text."""
        return most_tokens(request)

    @classmethod
    def price_of(cls, spec: ModelSpec) -> Price | None:
        """The list price of a model; None where none is known."""
        return None

    @classmethod
    def options_taken(cls, spec: ModelSpec) -> Collection[str] | None:
        """Names of the ``EngineOptions.engine_args`` that this engine takes for a model; None: any,
        its library knows them. Others are refused."""
        return ()

    @abstractmethod
    def identity(self) -> Mapping[str, str | None]:
        """Everything about the model that can change an answer: engine, endpoint, model, revision,
        adapter. Part of every ledger key."""
        ...

    @property
    def extras_taken(self) -> Collection[str]:
        """Which settings of ``RequestExtras`` this engine passes on; a run with others is
        refused."""
        return ()

    @property
    def form(self) -> RequestForm:
        """How requests are sent, as far as it is known; certain after ``begin``."""
        return USUAL_FORM

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        """Start on these requests without waiting for all; ``ask`` with the same requests follows.
        Called for all arms of a study before the first ``ask``.

        Here an engine finds the form in which its model takes requests, and takes up the one of
        ``history``; one whose answers take hours submits the requests, so that its arms wait at the
        same time. Others ignore ``requests``. Raises ``EngineError`` if nothing at all can be
        answered.
        """
        return

    @property
    def early_responses(self) -> Sequence[Response]:
        """Responses to requests that were sent during ``begin``; ``ask`` yields them first. The
        run stores them if no ``ask`` follows."""
        return ()

    @abstractmethod
    def ask(self, requests: Sequence[Request]) -> Responses:
        """Yield responses in groups as they finish; each request is answered exactly once.

        Raises ``EngineError`` when nothing at all can be answered.
        """
        ...

    def close(self) -> None:
        """Release connections and memory."""
        return
