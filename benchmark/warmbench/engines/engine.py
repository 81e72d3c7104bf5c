"""What a run asks of an engine: requests in, responses out as they finish."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from warmbench.engines.budget import Budget, Price
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Response

__all__ = ["Engine", "EngineOptions", "Responses"]

Responses = Generator[Sequence[Response], None, None]
"""Groups of responses as they finish. A generator: closing it stops the asking."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Settings of an engine that do not change an answer.

    ``column_names`` and ``task`` are for recorded answers (``warmbench.data.recorded_answers``).
    ``work_dir`` is where an engine keeps what another process has to know of it (the run folder).
    ``model_aliases`` are further names that an endpoint's replies may give the model; ``budget`` is
    what the run may still spend: an engine that retries asks it before every request.
    ``engine_args`` are passed to the library that computes (vLLM, Ray), name -> value as written.
    An engine makes those that can change an answer part of its identity.
    """

    concurrency: int = 16
    max_retries: int = 6
    timeout_s: float = 120.0
    device: str = "auto"
    column_names: Mapping[str, str] = field(default_factory=dict)
    task: str | None = None
    work_dir: Path | None = None
    model_aliases: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget)
    engine_args: Mapping[str, str] = field(default_factory=dict)


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
        included. For others the run counts what their responses say."""
        return False

    @classmethod
    def price_of(cls, spec: ModelSpec) -> Price | None:
        """The list price of a model; None where none is known."""
        return None

    @abstractmethod
    def identity(self) -> Mapping[str, str | None]:
        """Everything about the model that can change an answer: engine, endpoint, model, revision,
        adapter. Part of every ledger key."""
        ...

    def begin(self, requests: Iterable[Request]) -> None:
        """Start on these requests without waiting; ``ask`` with the same requests follows. Called
        for all arms of a study before the first ``ask``: an engine whose answers take hours
        submits them here, so that its arms wait at the same time. Others leave ``requests``
        unread."""
        return

    @abstractmethod
    def ask(self, requests: Sequence[Request]) -> Responses:
        """Yield responses in groups as they finish; each request is answered exactly once.

        Raises ``EngineError`` when nothing at all can be answered.
        """
        ...

    def close(self) -> None:
        """Release connections and memory."""
        return
