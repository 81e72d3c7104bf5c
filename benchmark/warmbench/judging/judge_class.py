"""What the registry of judges lists: classes that open a judge, with the model that it asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from warmbench.engines.engine import Engine
from warmbench.judging.judge import Judge, RecordedJudge
from warmbench.running.ledger import Ledger

__all__ = ["JudgeClass", "JudgeModel"]


@dataclass(frozen=True, slots=True)
class JudgeModel:
    """The model that a judge asks, and where its replies are kept. Both belong to the caller."""

    engine: Engine
    ledger: Ledger


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
