"""The workers on Ray's machines: another engine that gets whole parcels of requests."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from warmbench.engines.engine import ArmHistory, Engine, EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.errors import WarmbenchError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import Response

__all__ = ["Facts", "InnerEngine", "RayWorker", "facts_of", "form_of", "packed"]

_Told = TypeVar("_Told")
OpenEngine = Callable[[ModelSpec, EngineOptions, str | None], Engine]


@dataclass(frozen=True, slots=True)
class InnerEngine:
    """How a worker opens its engine."""

    spec: ModelSpec
    options: EngineOptions
    revision: str | None
    opener: OpenEngine = open_engine
    form: RequestForm | None = None

    def open(self) -> Engine:
        """The engine, told the form of its requests where that is known."""
        engine = self.opener(self.spec, self.options, self.revision)
        if self.form is not None:
            engine.begin((), ArmHistory(form=self.form))
        return engine


@dataclass(frozen=True, slots=True)
class Facts:
    """What the driver needs to know of the engine inside, as a worker sees it."""

    identity: Mapping[str, str | None]
    block_size: int
    extras_taken: tuple[str, ...]


def facts_of(inner: InnerEngine) -> Facts | WarmbenchError:
    """The facts, or why the engine can't be opened: Ray would wrap an error in its own."""
    return _asked(
        inner, lambda e: Facts(dict(e.identity()), e.block_size, tuple(sorted(e.extras_taken)))
    )


def form_of(
    inner: InnerEngine, request: Request, history: ArmHistory
) -> RequestForm | WarmbenchError:
    """The form in which the engine takes requests such as this one."""

    def begun(engine: Engine) -> RequestForm:
        engine.begin((request,), history)
        return engine.form

    return _asked(inner, begun)


def _asked(inner: InnerEngine, question: Callable[[Engine], _Told]) -> _Told | WarmbenchError:
    try:
        engine = inner.open()
        try:
            return question(engine)
        finally:
            engine.close()
    except WarmbenchError as error:
        return error


def packed(requests: Sequence[Request]) -> dict[str, bytes]:
    """A parcel as a row of a Ray dataset."""
    return {"requests": pickle.dumps(list(requests))}


class RayWorker:
    """An actor with an engine of its own, opened with the first parcel.

    Takes batches of rows ``{"requests": bytes}`` and returns ``{"responses": bytes}``: for each
    parcel its responses, or the error that keeps the engine from answering.
    """

    def __init__(self, inner: InnerEngine) -> None:
        self._inner = inner
        self._engine: Engine | None = None

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[bytes]]:
        return {"responses": [pickle.dumps(self._answer(row)) for row in batch["requests"]]}

    def _answer(self, row: bytes) -> list[Response] | WarmbenchError:
        try:
            if self._engine is None:
                self._engine = self._inner.open()
            return [r for group in self._engine.ask(pickle.loads(row)) for r in group]
        except WarmbenchError as error:
            return error
