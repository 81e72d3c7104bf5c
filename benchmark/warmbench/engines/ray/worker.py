"""The workers on Ray's machines: another engine that gets whole parcels of requests."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.engines.engine import Engine, EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.errors import WarmbenchError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Response

__all__ = ["Facts", "InnerEngine", "RayWorker", "facts_of", "packed"]

OpenEngine = Callable[[ModelSpec, EngineOptions, str | None], Engine]


@dataclass(frozen=True, slots=True)
class InnerEngine:
    """How a worker opens its engine."""

    spec: ModelSpec
    options: EngineOptions
    revision: str | None
    opener: OpenEngine = open_engine

    def open(self) -> Engine:
        return self.opener(self.spec, self.options, self.revision)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the driver needs to know of the engine inside, as a worker sees it."""

    identity: Mapping[str, str | None]
    block_size: int


def facts_of(inner: InnerEngine) -> Facts | WarmbenchError:
    """The facts, or why the engine can't be opened: Ray would wrap an error in its own."""
    try:
        engine = inner.open()
        try:
            return Facts(dict(engine.identity()), engine.block_size)
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
