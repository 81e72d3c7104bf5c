"""An engine that answers by a script, for tests and for trying the runner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from warmbench.engines.engine import Engine, Responses
from warmbench.records.request import Request
from warmbench.records.response import Answer, Response

__all__ = ["ScriptedEngine"]


class ScriptedEngine(Engine):
    """Answers each request with ``script(request)``: a text, or a response to report as it is.

    ``asked`` has every request that it got, in order.
    """

    def __init__(
        self,
        script: Callable[[Request], str | Response],
        *,
        model: str = "scripted",
        block_size: int = 1,
    ) -> None:
        self._script = script
        self._model = model
        self._block_size = block_size
        self.asked: list[Request] = []

    @property
    def block_size(self) -> int:
        return self._block_size

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "scripted",
            "endpoint": None,
            "model": self._model,
            "revision": None,
            "adapter": None,
        }

    def ask(self, requests: Sequence[Request]) -> Responses:
        for request in requests:
            self.asked.append(request)
            scripted = self._script(request)
            if isinstance(scripted, str):
                scripted = Answer(request.key, scripted, "stop")
            yield [scripted]
