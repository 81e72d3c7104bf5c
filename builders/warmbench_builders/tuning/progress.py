"""The progress of a training: a bar with the loss and the time left."""

from __future__ import annotations

from typing import Protocol

from rich.console import Console

from warmbench.reporting.console.live_progress import LiveProgress

__all__ = ["StepCallback", "TrainingProgress"]

_LINES = 20
"""How many lines a training prints where there is no terminal to draw a bar on."""

_SMOOTHING = 0.05


class StepCallback(Protocol):
    """Called after every step; the loss is in nats a token."""

    def __call__(self, step: int, steps: int, loss: float) -> None: ...


class TrainingProgress(LiveProgress):
    """A ``StepCallback``. The loss shown is a moving average."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__(console)
        self._loss: float | None = None
        self._task = self._progress.add_task("training", total=None, note="")

    def __call__(self, step: int, steps: int, loss: float) -> None:
        self._loss = loss if self._loss is None else self._loss + _SMOOTHING * (loss - self._loss)
        note = f"loss {self._loss:.3f}"
        self._progress.update(self._task, completed=step, total=steps, note=note)
        if not self._console.is_terminal and step % max(1, steps // _LINES) == 0:
            self._console.print(f"step {step:,} of {steps:,}, {note}", highlight=False)
