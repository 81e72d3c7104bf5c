"""What an inference model does: three probabilities for a premise and a hypothesis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Inference", "Odds", "Pair", "ScriptedInference"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Whether ``hypothesis`` follows from ``premise``."""

    premise: str
    hypothesis: str


@dataclass(frozen=True, slots=True)
class Odds:
    """The probabilities of the three classes; they sum to 1 but for their rounding."""

    entailment: float
    neutral: float
    contradiction: float


class Inference(Protocol):
    """An inference model, ready to be asked."""

    @property
    def identity(self) -> Mapping[str, str]:
        """``model`` and ``revision``, and what else can change its probabilities."""
        ...

    @property
    def where(self) -> Mapping[str, str]:
        """The device and the libraries that compute it: they move the last digits."""
        ...

    def infer(self, pairs: Sequence[Pair]) -> list[Odds]:
        """The odds of each pair, in order. Equal pairs have equal odds."""
        ...


class ScriptedInference:
    """An ``Inference`` whose odds are a function of the pair, for tests; ``asked`` keeps them."""

    identity: Mapping[str, str] = {"model": "scripted", "revision": "0" * 16, "dtype": "float32"}
    where: Mapping[str, str] = {"device": "none"}

    def __init__(self, script: Callable[[Pair], Odds]) -> None:
        self._script = script
        self.asked: list[Pair] = []

    def infer(self, pairs: Sequence[Pair]) -> list[Odds]:
        self.asked.extend(pairs)
        return [self._script(pair) for pair in pairs]
