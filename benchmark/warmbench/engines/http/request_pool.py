"""Many requests to one endpoint at once, responses as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from warmbench.engines.http.breaker import Breaker
from warmbench.engines.http.sender import Sender
from warmbench.records.request import Request
from warmbench.records.response import Response

__all__ = ["RequestPool"]

_GATHER_S = 0.02
"""How long a first response waits for others, to be written with them in one transaction."""

_LEAPS = 7
"""Into how many parts what waits is divided, where requests are taken from all over it."""


class RequestPool:
    """The workers that send ``requests``, so many at once as the sender's limiter allows."""

    def __init__(
        self,
        sender: Sender,
        requests: Sequence[Request],
        breaker: Breaker,
        *,
        workers: int,
    ) -> None:
        self._sender = sender
        self._waiting = deque(requests)
        self._breaker = breaker
        self._count = workers
        self._workers: list[asyncio.Task[None]] = []
        self._done: list[Response] = []
        self._ready = asyncio.Event()

    def start(self) -> None:
        count = min(self._count, len(self._waiting))
        self._workers = [asyncio.create_task(self._work()) for _ in range(count)]

    async def _work(self) -> None:
        try:
            while self._waiting:
                request = self._next()
                response = await self._sender.answer(request)
                if response is None:
                    self._waiting.appendleft(request)
                    if self._sender.in_flight == 0:
                        return
                    await self._sender.settled()
                    continue
                self._done.append(response)
                self._ready.set()
                self._breaker.note(request, response)
                self._sender.check()
        finally:
            self._ready.set()

    def _next(self) -> Request:
        """The next in order, or one from elsewhere where all of one place are refused."""
        if self._breaker.doubts_requests:
            self._waiting.rotate(-(len(self._waiting) // _LEAPS + 1))
        return self._waiting.popleft()

    def take(self) -> list[Response]:
        """What has finished since the last time."""
        group, self._done = self._done, []
        return group

    async def next_group(self) -> list[Response]:
        """What has finished since the last call; empty when all is done."""
        while True:
            if not self._done:
                for worker in self._workers:
                    if worker.done() and (error := worker.exception()):
                        raise error
                if all(worker.done() for worker in self._workers):
                    return []
                self._ready.clear()
                await self._ready.wait()
            if any(not worker.done() for worker in self._workers):
                await asyncio.sleep(_GATHER_S)
            if self._done:
                return self.take()

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
