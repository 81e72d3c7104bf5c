"""What a run reports its progress to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from warmbench.records.response import Response

__all__ = ["Observer", "SilentObserver"]


class Observer(Protocol):
    """Receives the progress of a run."""

    def run_planned(self, arms: Mapping[str, tuple[int, int]]) -> None:
        """Arm -> its requests, with as many closing turns as there may be, and how many of them
        were answered before; called once, before the first request."""
        ...

    def arm_started(self, arm: str, total: int, done: int) -> None:
        """An arm is asked from now on. It may come again for its closing turns; ``total`` is then
        without those of replies that failed."""
        ...

    def noted(self, arm: str, text: str) -> None:
        """What the engine of an arm is doing before its next answer, such as "loading the model";
        may come before ``run_planned``."""
        ...

    def answered(self, arm: str, responses: Sequence[Response]) -> None: ...


class SilentObserver:
    """Shows nothing; a base class for those that need one method."""

    def run_planned(self, arms: Mapping[str, tuple[int, int]]) -> None: ...

    def arm_started(self, arm: str, total: int, done: int) -> None: ...

    def noted(self, arm: str, text: str) -> None: ...

    def answered(self, arm: str, responses: Sequence[Response]) -> None: ...
