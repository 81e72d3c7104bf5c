"""Progress on stderr: bars with rate, time left, failures and cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from warmbench.engines.budget import Price
from warmbench.engines.registry import price_of
from warmbench.records.model_spec import ModelSpec
from warmbench.records.response import Answer, Response

__all__ = ["JudgingProgress", "LiveProgress", "RunProgress", "counted"]

_LINE_EVERY_S = 10.0


class LiveProgress:
    """A bar on a terminal, now and then a line elsewhere (stderr). Used as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._last_line = monotonic()
        self._progress = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(compact=True),
            console=self._console,
            disable=not self._console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def _print_line(self, text: str) -> None:
        """Where no bar is drawn, print a line every ten seconds."""
        if self._console.is_terminal or monotonic() - self._last_line < _LINE_EVERY_S:
            return
        self._last_line = monotonic()
        self._console.print(text, highlight=False)


class RunProgress(LiveProgress):
    """An ``Observer`` of a run: rate, time left, failures and cost of each arm."""

    def __init__(self, prices: Mapping[str, Price], console: Console | None = None) -> None:
        super().__init__(console)
        self._prices = prices
        self._failed = 0
        self._cost = 0.0
        self._tasks: dict[str, TaskID] = {}
        self._asked: dict[str, int] = {}
        self._started: dict[str, float] = {}

    def arm_started(self, arm: str, total: int, done: int) -> None:
        self._tasks[arm] = self._progress.add_task(arm, total=total, completed=done, note="")
        self._asked[arm] = 0
        self._started[arm] = monotonic()
        if done and not self._console.is_terminal:
            self._console.print(f"{arm}: {done:,} of {total:,} answered before", highlight=False)

    def run_planned(self, arms: Mapping[str, tuple[int, int]]) -> None:
        """Arm -> its requests, and how many were answered before."""

    def noted(self, arm: str, text: str) -> None:
        self._print_line(f"{arm}: {text}")

    def answered(self, arm: str, responses: Sequence[Response]) -> None:
        self._asked[arm] += len(responses)
        for response in responses:
            self._cost += self._cost_of(arm, response)
            self._failed += not isinstance(response, Answer)
        task = self._tasks[arm]
        self._progress.update(task, advance=len(responses), note=self._note(arm))
        state = self._progress.tasks[task]
        done, total = int(state.completed), int(state.total or 0)
        self._print_line(f"{arm}: {done:,} of {total:,}, {self._note(arm)}")

    def _cost_of(self, arm: str, response: Response) -> float:
        price, tokens = self._prices.get(arm), response.billed
        return price.cost(tokens.prompt, tokens.completion) if price else 0.0

    def _note(self, arm: str) -> str:
        elapsed = max(monotonic() - self._started[arm], 1e-6)
        parts = [f"{self._asked[arm] / elapsed:,.1f}/s"]
        if self._failed:
            parts.append(f"{self._failed:,} failed")
        if self._prices:
            parts.append(f"${self._cost:,.2f}")
        return ", ".join(parts)


@contextmanager
def counted(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar (stderr, on a terminal only) for anything that is counted; yields what advances it.

    ``total`` is None where it is not known beforehand: then the count alone is shown.
    """
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.update(task, advance=count)


class JudgingProgress:
    """A ``JudgingObserver``. A round without a model has no bar beside the rounds of a model."""

    def __init__(self) -> None:
        self._bars = ExitStack()
        self._prices: dict[str, Price] = {}
        self._rounds: RunProgress | None = None
        self._advance: Callable[[int], None] = _nothing

    def __enter__(self) -> JudgingProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.close()

    def round_started(
        self, label: str, total: int, done: int, model: Mapping[str, str | None] | None
    ) -> None:
        if self._rounds is None:
            self._bars.close()  # one live display at a time
            self._advance = _nothing
            if model is None:
                self._advance = self._bars.enter_context(counted(label, total))
                return
            self._rounds = self._bars.enter_context(RunProgress(self._prices))
        if model is not None:
            if price := _price(model):
                self._prices[label] = price
            self._rounds.arm_started(label, total, done)

    def judged(self, count: int) -> None:
        self._advance(count)

    def answered(self, label: str, responses: Sequence[Response]) -> None:
        if self._rounds is not None:
            self._rounds.answered(label, responses)


def _price(model: Mapping[str, str | None]) -> Price | None:
    """The list price, known for providers' own endpoints."""
    endpoint = model.get("endpoint")
    if endpoint is None:
        return None
    return price_of(ModelSpec(str(model["engine"]), str(model["model"]), base_url=endpoint))


def _nothing(count: int) -> None:
    """No bar to advance."""
