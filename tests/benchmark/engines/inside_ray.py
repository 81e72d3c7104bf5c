"""Engines for Ray's workers that misbehave on purpose, around a real one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from warmbench.engines.ct2.ct2_engine import CT2Engine
from warmbench.engines.engine import Engine, EngineOptions, Responses
from warmbench.errors import EngineError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request

__all__ = ["open_broken", "open_dying", "open_mortal", "open_waiting"]

_LOOKS, _PAUSE_S = 600, 0.1


class _Around(Engine):
    """The ct2 engine. The folder in ``model_aliases`` is where the processes meet."""

    block_size = CT2Engine.block_size

    def __init__(self, spec: ModelSpec, options: EngineOptions, revision: str | None) -> None:
        self._engine = CT2Engine(spec, options, revision)
        self._folder = Path(options.model_aliases[0])

    def identity(self) -> Mapping[str, str | None]:
        return self._engine.identity()

    def ask(self, requests: Sequence[Request]) -> Responses:
        self._before(requests)
        yield from self._engine.ask(requests)

    def _before(self, requests: Sequence[Request]) -> None:
        """What goes wrong."""

    def close(self) -> None:
        self._engine.close()


class _Dying(_Around):
    """Kills its own process the first time that any worker is asked the second block."""

    def _before(self, requests: Sequence[Request]) -> None:
        if requests[0].block != 1:
            return
        try:
            (self._folder / "killed").touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


class _Mortal(_Around):
    """Kills its own process whenever it is asked."""

    def _before(self, requests: Sequence[Request]) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class _Waiting(_Around):
    """Answers the block that is asked first, whichever it is and wherever; the others when the
    driver says that it has that."""

    def _before(self, requests: Sequence[Request]) -> None:
        try:
            (self._folder / "first").touch(exist_ok=False)
            return
        except FileExistsError:
            pass
        for _ in range(_LOOKS):
            if (self._folder / "taken").exists():
                return
            time.sleep(_PAUSE_S)  # another process can only be polled
        raise EngineError("the driver took nothing in a minute")


class _Broken(_Around):
    """Can't answer at all."""

    def _before(self, requests: Sequence[Request]) -> None:
        raise EngineError("the weights are gone")


def open_dying(spec: ModelSpec, options: EngineOptions, revision: str | None) -> _Around:
    return _Dying(spec, options, revision)


def open_mortal(spec: ModelSpec, options: EngineOptions, revision: str | None) -> _Around:
    return _Mortal(spec, options, revision)


def open_waiting(spec: ModelSpec, options: EngineOptions, revision: str | None) -> _Around:
    return _Waiting(spec, options, revision)


def open_broken(spec: ModelSpec, options: EngineOptions, revision: str | None) -> _Around:
    return _Broken(spec, options, revision)
