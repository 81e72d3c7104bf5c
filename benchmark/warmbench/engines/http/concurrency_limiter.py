"""How many requests may run at once, and when the next may start.

The start is what even a server that works on one request at a time would finish in half the
timeout, going by the first reply. From there each answer lets one more in (slow start), up to the
ceiling. When an endpoint says "too many" (429, 503) or lets requests time out, half as many run at
once, and each round of answers lets one more in (additive increase, multiplicative decrease, as TCP
finds the rate of a line). Replies that take long are a sign too, before any times out: from a
quarter of the timeout on growth is slow, from a half on there is none unless they take no longer
than the first did alone, and later fewer run at once.
While the endpoint wants the client to wait, nothing starts. Only a monotonic clock is read, so a
jump of the wall clock does nothing.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable

__all__ = ["ConcurrencyLimiter"]

_DECREASE = 0.5

_SLOWER, _HOLD, _LATE = 0.25, 0.5, 0.65
"""Shares of the timeout that a reply took."""

_NO_QUEUE = 1.25
"""A reply that takes at most so many times what it would take alone has waited for no other."""

_LATE_DECREASE = 0.75
_FIRST = 4
"""How many start at once where no reply has shown how long one takes."""

Sleep = Callable[[float], Awaitable[object]]


class ConcurrencyLimiter:
    """The slots of one endpoint. Between ``acquire`` and ``release`` a request is in flight.

    ``ceiling`` is the most at once, ``timeout_s`` what a reply may take. ``clock`` (seconds,
    monotonic) and ``sleep`` are for tests.
    """

    def __init__(
        self,
        ceiling: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        timeout_s: float = math.inf,
    ) -> None:
        self._ceiling = ceiling
        self._timeout_s = timeout_s
        self._clock = clock
        self._sleep = sleep
        self._limit = float(ceiling)
        self._slow_start = True
        self._alone_s = 0.0
        self._most_in_time = float(ceiling)
        self._in_flight = 0
        self._not_before = clock()
        self._slowed_at = 0
        self._started = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many may be in flight now: at least 1, at most the ceiling."""
        return int(self._limit)

    @property
    def in_flight(self) -> int:
        return self._in_flight

    async def acquire(self) -> int:
        """Wait for a slot; returns its number, which ``slow_down`` takes."""
        while True:
            if self._in_flight >= self.limit:
                free = asyncio.get_running_loop().create_future()
                self._waiting.append(free)
                await free
            elif (wait := self._not_before - self._clock()) > 0:
                await self._sleep(wait)
            else:
                self._in_flight += 1
                self._started += 1
                return self._started

    def release(self) -> None:
        """The request is over, however it ended."""
        self._in_flight -= 1
        self._wake()

    def start_low(self, reply_s: float | None) -> None:
        """Begin with what a server can bear for which a whole reply takes so long; None: not
        known."""
        safe = _FIRST if reply_s is None else self._timeout_s * _HOLD / max(reply_s, 1e-9)
        self._limit = min(max(1.0, float(math.floor(min(safe, self._ceiling)))), self._limit)
        self._alone_s = reply_s or 0.0

    def speed_up(self, slot: int = 0, seconds: float = 0.0) -> None:
        """The request in this slot was answered after so long."""
        share = seconds / self._timeout_s
        if share < _HOLD:
            fast = self._slow_start and share < _SLOWER
            self._grow(1.0 if fast else 1 / self._limit, self._ceiling)
        elif seconds <= self._alone_s * _NO_QUEUE:
            self._grow(1 / self._limit, self._most_in_time)
        elif share >= _LATE:
            self._decrease(slot, _LATE_DECREASE, max(1.0, self._ceiling // 4))

    def slow_down(self, slot: int, *, timed_out: bool = False) -> None:
        """The request in this slot was too much for the endpoint."""
        if timed_out:
            self._most_in_time = max(1.0, min(self._most_in_time, self._in_flight - 1.0))
        self._decrease(slot, _DECREASE, 1.0)

    def _grow(self, step: float, most: float) -> None:
        self._limit = max(self._limit, min(self._limit + step, most))

    def _decrease(self, slot: int, factor: float, least: float) -> None:
        """Requests that were in flight together are one signal, not many: those that started
        before the last decrease cause no other."""
        if slot > self._slowed_at:
            fewer = max(least, min(self._limit, float(self._in_flight)) * factor)
            self._limit = min(self._limit, fewer)
            self._slowed_at = self._started
            self._slow_start = False

    def hold(self, seconds: float) -> None:
        """Start nothing for so long, or until a longer wait that was requested before is over."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _wake(self) -> None:
        slots = self.limit - self._in_flight
        while self._waiting and slots > 0:
            free = self._waiting.popleft()
            if not free.done():
                free.set_result(None)
                slots -= 1
