"""Retries: how long to wait before the next attempt, and calls repeated until one succeeds.

Chat endpoints, OpenAI's client and the Hugging Face Hub differ in numbers and in which errors are
transient; the rest is here.
"""

from __future__ import annotations

import math
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, ClassVar, TypeVar

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["Backoff", "Retry", "Sleep", "retry_after"]

Sleep = Callable[[float], object]
"""Lets so many seconds pass."""

_Result = TypeVar("_Result")

_WORTH_NOTING_S = 2.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds to wait after each failed attempt: ``first_s``, doubled each time up to
    ``longest_s``, less a random share of it between 0 and ``jitter``."""

    first_s: float = 1.0
    longest_s: float = 30.0
    jitter: float = 0.0

    def seconds(self, retries: int, chance: Callable[[], float] = random.random) -> float:
        """The wait before the next attempt, after so many retries."""
        longest: float = min(self.first_s * 2.0 ** min(retries, 30), self.longest_s)
        return longest * (1 - self.jitter * chance())


@dataclass(frozen=True)
class Retry(ABC):
    """Repeats a call until it succeeds, at most ``tries`` times in all.

    The wait in between is what the server requests, else the backoff, and never more than
    ``longest_wait_s``. ``note`` is called for a wait that a person would notice.
    """

    server: ClassVar[str] = "the server"
    backoff: ClassVar[Backoff] = Backoff()

    tries: int = 5
    sleep: Sleep = time.sleep
    longest_wait_s: float = math.inf
    note: Callable[[str], None] = lambda text: None

    @abstractmethod
    def is_transient(self, error: BaseException) -> bool:
        """Whether the same call may succeed a moment later."""

    def requested_wait(self, error: BaseException) -> float | None:
        """Seconds that the server wants the client to wait; None: it does not say."""
        headers = getattr(getattr(error, "response", None), "headers", {})
        return retry_after(headers)

    def call(self, request: Callable[[], _Result]) -> _Result:
        """The result of ``request``. Raises the last error when no attempt succeeds, and at once
        any error that is not transient."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        return Retrying(
            stop=stop_after_attempt(self.tries),
            retry=retry_if_exception(self.is_transient),
            wait=self._wait,
            sleep=self._note_and_sleep,
            reraise=True,
        )(request)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        requested = None if error is None else self.requested_wait(error)
        wait = self.backoff.seconds(state.attempt_number - 1) if requested is None else requested
        return min(wait, self.longest_wait_s)

    def _note_and_sleep(self, seconds: float) -> None:
        if seconds >= _WORTH_NOTING_S:
            self.note(f"{self.server} did not respond as expected; retrying in {seconds:.0f} s")
        self.sleep(seconds)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by ``retry-after-ms`` or ``Retry-After``, or None where neither says.

    A date is relative to the reply's own ``Date``: this machine's clock may be wrong, or jump.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    until, now = _date(text), _date(headers.get("date"))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
