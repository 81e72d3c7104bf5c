"""How a training goes, for a person to see: a bar with the loss and the time left."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

__all__ = ["TrainingProgress"]

_LINES = 20
"""How many lines a training prints where there is no terminal to draw a bar on."""

_SMOOTHING = 0.05


class TrainingProgress:
    """Is called after each step; draws on stderr. The loss shown is a moving average."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._loss: float | None = None
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]:.3f}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("training", total=None, loss=0.0)

    def __enter__(self) -> TrainingProgress:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, step: int, steps: int, loss: float) -> None:
        self._loss = loss if self._loss is None else self._loss + _SMOOTHING * (loss - self._loss)
        self._progress.update(self._task, completed=step, total=steps, loss=self._loss)
        if not self._console.is_terminal and step % max(1, steps // _LINES) == 0:
            self._console.print(f"step {step:,} of {steps:,}, loss {self._loss:.3f}")
