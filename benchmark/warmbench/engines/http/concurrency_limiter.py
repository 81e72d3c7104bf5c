"""How many requests may be under way at once, and when the next may start.

An endpoint that says "too many" (429, 503) or lets requests time out is asked half as many at
once; each round of answers lets one more in, up to the ceiling (additive increase, multiplicative
decrease, as TCP finds the rate of a line). What the endpoint asks for, it gets: while it wants to
be left alone, nothing starts. Only a monotonic clock is read, so a jump of the wall clock does
nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

__all__ = ["Pace"]

_DECREASE = 0.5

Sleep = Callable[[float], Awaitable[object]]


class Pace:
    """The turns of one endpoint. Between ``enter`` and ``leave`` a request is under way.

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
        self._under_way = 0
        self._not_before = clock()
        self._slowed_at = 0
        self._started = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many may be under way now: at least 1, at most the ceiling."""
        return int(self._limit)

    @property
    def under_way(self) -> int:
        return self._under_way

    async def enter(self) -> int:
        """Wait for a turn; returns its number, which ``slow_down`` takes."""
        while True:
            if self._under_way >= self.limit:
                turn = asyncio.get_running_loop().create_future()
                self._waiting.append(turn)
                await turn
            elif (wait := self._not_before - self._clock()) > 0:
                await self._sleep(wait)
            else:
                self._under_way += 1
                self._started += 1
                return self._started

    def leave(self) -> None:
        """The turn is over, however it ended."""
        self._under_way -= 1
        self._wake()

    def speed_up(self) -> None:
        """A request was answered."""
        self._limit = min(self._limit + 1 / self._limit, float(self._ceiling))

    def slow_down(self, turn: int) -> None:
        """The request of this turn was too much.

        Requests that were under way together are one piece of news, not many: of those that
        started before the last decrease nothing more follows.
        """
        if turn > self._slowed_at:
            self._limit = max(1.0, min(self._limit, float(self._under_way)) * _DECREASE)
            self._slowed_at = self._started

    def hold(self, seconds: float) -> None:
        """Start nothing for so long; a longer wait that was asked for before stands."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _wake(self) -> None:
        free = self.limit - self._under_way
        while self._waiting and free > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1
