"""The progress of a run and of judging, on stderr: rate, time left, failures and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic
from types import TracebackType

from rich.console import Console
from rich.progress import TaskID

from warmbench.engines.budget import Price
from warmbench.engines.registry import price_of
from warmbench.records.model_spec import ModelSpec
from warmbench.records.response import Answer, Response
from warmbench.reporting.console.duration import duration_text, rate_text
from warmbench.reporting.console.live_progress import LiveProgress, can_redraw, counted

__all__ = ["JudgingProgress", "RunProgress"]

_SHORTEST_S = 1.0
"""From the start to the last reply, for a rate."""


@dataclass
class _Arm:
    """``replies`` have come in this session, ``before`` were there already."""

    task: TaskID
    total: int
    before: int
    replies: int = 0
    note: str = ""

    @property
    def done(self) -> int:
        return self.before + self.replies


class RunProgress(LiveProgress):
    """An ``Observer`` of a run: of the arm that is asked and of all arms what is done, rate, time
    left, failures by kind and cost."""

    def __init__(
        self,
        prices: Mapping[str, Price],
        console: Console | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(console, clock)
        self._prices = prices
        self._failures: Counter[str] = Counter()
        self._cost = 0.0
        self._arms: dict[str, _Arm] = {}
        self._all: TaskID | None = None
        self._now = ""
        self._opening = "opening the models"
        self._began: float | None = None
        self._last_reply: float | None = None

    def run_planned(self, arms: Mapping[str, tuple[int, int]]) -> None:
        for arm, (total, done) in arms.items():
            self._add(arm, total, done)
        total, done = self._total, self._done
        if len(arms) > 1:
            self._all = self._progress.add_task("all arms", total=total, completed=done, note="")
        if done and not can_redraw(self._console):
            self._console.print(f"{done:,} of {total:,} were answered before", highlight=False)

    def _add(self, arm: str, total: int, done: int) -> None:
        task = self._progress.add_task(arm, total=total, completed=done, note="")
        self._arms[arm] = _Arm(task, total, done)

    def arm_started(self, arm: str, total: int, done: int) -> None:
        if arm not in self._arms:
            self._add(arm, total, done)
        self._set_total(arm, total)
        self._began = self._clock() if self._began is None else self._began
        self._now = arm

    def _set_total(self, arm: str, total: int) -> None:
        """Replies that failed have no closing turn: there is less to do than there might have
        been."""
        if self._arms[arm].total != total:
            self._arms[arm].total = total
            self._progress.update(self._arms[arm].task, total=total)
            if self._all is not None:
                self._progress.update(self._all, total=self._total)

    def noted(self, arm: str, text: str) -> None:
        if arm not in self._arms:
            self._opening = f"{arm}: {text}"
            return
        self._now, self._arms[arm].note = arm, text
        self._progress.update(self._arms[arm].task, note=text)

    def answered(self, arm: str, responses: Sequence[Response]) -> None:
        state = self._arms[arm]
        state.replies += len(responses)
        state.note = ""
        self._last_reply = self._clock()
        for response in responses:
            self._cost += self._cost_of(arm, response)
            if not isinstance(response, Answer):
                self._failures[response.kind.value] += 1
        note = ", ".join(self._notes())
        for task in (state.task, self._all):
            if task is not None:
                self._progress.update(task, advance=len(responses), note=note)

    def _cost_of(self, arm: str, response: Response) -> float:
        price, tokens = self._prices.get(arm), response.billed
        return price.cost(tokens.prompt, tokens.completion) if price else 0.0

    @property
    def _total(self) -> int:
        return sum(arm.total for arm in self._arms.values())

    @property
    def _done(self) -> int:
        return sum(arm.done for arm in self._arms.values())

    @property
    def _rate(self) -> float | None:
        """Replies a second, up to the last one; None where that is too short a time to tell: the
        first replies may be older than the start."""
        if self._began is None or self._last_reply is None:
            return None
        replies = sum(arm.replies for arm in self._arms.values())
        seconds = self._last_reply - self._began
        return replies / seconds if seconds >= _SHORTEST_S else None

    def line(self) -> str:
        """``warm: 320 of 620; all arms: 940 of 1,240 (75 %), 20.9/s, about 14 s left, ...``."""
        if not self._arms:
            return self._opening
        return ", ".join((self._of_the_arms(), *self._notes(with_time=True)))

    def _of_the_arms(self) -> str:
        name = self._now or next(iter(self._arms))
        arm, share = self._arms[name], f"({100 * self._done // max(self._total, 1)} %)"
        note = f", {arm.note}" if arm.note else ""
        if len(self._arms) == 1:
            return f"{name}: {arm.done:,} of {arm.total:,} {share}{note}"
        every = f"all arms: {self._done:,} of {self._total:,} {share}"
        return f"{name}: {arm.done:,} of {arm.total:,}{note}; {every}"

    def _notes(self, *, with_time: bool = False) -> Iterator[str]:
        rate = self._rate
        if self._last_reply is None:
            yield "no reply yet"
        elif rate is not None:
            yield rate_text(rate)
            if with_time:
                yield f"about {duration_text((self._total - self._done) / rate)} left"
        if self._failures:
            kinds = ", ".join(f"{kind} {n:,}" for kind, n in self._failures.most_common())
            yield f"{self._failures.total():,} failed ({kinds})"
        if self._prices:
            yield f"${self._cost:,.2f}"


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
