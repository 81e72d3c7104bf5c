"""Something that is counted, on stderr: a bar on a terminal; elsewhere a plain line every ten
seconds, the first one after two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from warmbench.reporting.console.duration import duration_text
from warmbench.reporting.console.ticker import Ticker

__all__ = ["Counted", "LiveProgress", "Waiting", "can_redraw", "counted"]


def can_redraw(console: Console) -> bool:
    """Whether a bar can be drawn over itself: on a terminal that knows how to move its cursor."""
    return console.is_terminal and not console.is_dumb_terminal


class LiveProgress:
    """A bar on a terminal, lines elsewhere (stderr). Used as a context manager.

    ``clock`` gives seconds, from any start. One that derives from this says in ``line`` how it
    goes.
    """

    def __init__(
        self,
        console: Console | None = None,
        clock: Callable[[], float] = monotonic,
        *,
        transient: bool = False,
    ) -> None:
        self._console = console or Console(stderr=True)
        self._clock = clock
        self._ticker = Ticker(self.tell)
        self._progress = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=transient,
            disable=not can_redraw(self._console),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        if not can_redraw(self._console):
            self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ticker.stop()
        self._progress.stop()

    def line(self) -> str:
        """How it goes, without a terminal's codes; empty where there is nothing to say."""
        return ""

    def tell(self) -> None:
        """Print ``line``; called now and then where no bar is drawn."""
        if text := self.line():
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)


class Counted(LiveProgress):
    """Anything that is counted; the bar goes when it is done.

    ``total`` is None where it is not known beforehand: then the count alone is shown.
    """

    def __init__(
        self,
        what: str,
        total: int | None,
        console: Console | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(console, clock, transient=True)
        self._what, self._total, self._count = what, total, 0
        self._task = self._progress.add_task(what, total=total, note="")
        self._began = clock()

    def advance(self, count: int) -> None:
        self._count += count
        self._progress.update(self._task, advance=count)

    def line(self) -> str:
        """``judging: 1,200 of 10,080, about 9 s left``."""
        if not self._total:
            return f"{self._what}: {self._count:,}" if self._count else ""
        text = f"{self._what}: {self._count:,} of {self._total:,}"
        if not self._count:
            return text
        left = (self._clock() - self._began) * (self._total - self._count) / self._count
        return f"{text}, about {duration_text(left)} left"


@contextmanager
def counted(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """``Counted``; yields what advances it."""
    with Counted(what, total) as progress:
        yield progress.advance


class Waiting(LiveProgress):
    """Something that takes a while and can't be counted."""

    def __init__(
        self,
        what: str,
        console: Console | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(console, clock)
        self._what, self._began = what, clock()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            console=self._console,
            transient=True,
            disable=not can_redraw(self._console),
        )
        self._progress.add_task(what, total=None)

    def line(self) -> str:
        """``scoring, for 12 s``."""
        return f"{self._what}, for {duration_text(self._clock() - self._began)}"
