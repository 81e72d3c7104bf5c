"""What the registry of judges lists: classes that open a judge, with the model that it asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from warmbench.engines.engine import Engine, EngineOptions
from warmbench.judging.judge import Judge, RecordedJudge
from warmbench.judging.judge_settings import DEFAULT_SETTINGS, JudgeSettings
from warmbench.running.ledger import Ledger

__all__ = ["JudgeClass", "JudgeModel", "LoadingJudgeClass"]


@dataclass(frozen=True, slots=True)
class JudgeModel:
    """The model that a judge asks, where its replies are kept, and how it is asked. Engine and
    ledger belong to the caller."""

    engine: Engine
    ledger: Ledger
    settings: JudgeSettings = DEFAULT_SETTINGS


class JudgeClass(Protocol):
    """What the registry lists."""

    @property
    def asks_model(self) -> bool:
        """Whether it is written ``KIND:MODEL`` and asks that model."""
        ...

    def open(self, model: JudgeModel | None) -> Judge:
        """The judge; ``model`` is None just where ``asks_model`` is false."""
        ...

    def recorded(self, name: str) -> RecordedJudge | None:
        """The judge of that name, None where this class has none of this version."""
        ...


@runtime_checkable
class LoadingJudgeClass(Protocol):
    """A ``JudgeClass`` that loads a model of its own, which no engine runs: it is written
    ``KIND:MODEL`` too, and asks none."""

    def load(self, name: str, options: EngineOptions) -> Judge:
        """The judge with the model ``name``, as it is written after the colon."""
        ...
