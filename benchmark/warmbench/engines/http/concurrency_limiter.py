"""How many requests may run at once, and when the next may start.

When an endpoint says "too many" (429, 503) or lets requests time out, half as many run at once;
each round of answers lets one more in, up to the ceiling (additive increase, multiplicative
decrease, as TCP finds the rate of a line). While the endpoint wants the client to wait, nothing
starts. Only a monotonic clock is read, so a jump of the wall clock does nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

__all__ = ["ConcurrencyLimiter"]

_DECREASE = 0.5

Sleep = Callable[[float], Awaitable[object]]


class ConcurrencyLimiter:
    """The slots of one endpoint. Between ``acquire`` and ``release`` a request is in flight.

    ``ceiling`` is the most at once. ``clock`` (seconds, monotonic) and ``sleep`` are for tests.
    """

    def __init__(
        self,
        ceiling: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._ceiling = ceiling
        self._clock = clock
        self._sleep = sleep
        self._limit = float(ceiling)
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

    def speed_up(self) -> None:
        """A request was answered."""
        self._limit = min(self._limit + 1 / self._limit, float(self._ceiling))

    def slow_down(self, slot: int) -> None:
        """The request in this slot was too much for the endpoint.

        Requests that were in flight together are one signal, not many: those that started
        before the last decrease cause no other.
        """
        if slot > self._slowed_at:
            self._limit = max(1.0, min(self._limit, float(self._in_flight)) * _DECREASE)
            self._slowed_at = self._started

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
