"""Many requests to one endpoint at once, responses as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from warmbench.engines.http.breaker import Breaker
from warmbench.engines.http.sender import Sender
from warmbench.errors import EngineError
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, Response

__all__ = ["RequestPool"]

_GATHER_S = 0.02
"""How long a first response waits for others, to be written with them in one transaction."""

_LEAPS = 7
"""Into how many parts what waits is divided, where requests are taken from all over it."""


class RequestPool:
    """The workers that send ``requests``, so many at once as the sender's limiter allows.

    ``witness`` is a request that was answered.
    """

    def __init__(
        self,
        sender: Sender,
        requests: Sequence[Request],
        breaker: Breaker,
        *,
        workers: int,
        witness: Request | None = None,
    ) -> None:
        self._sender = sender
        self._waiting = deque(requests)
        self._breaker = breaker
        self._count = workers
        self._witness = witness
        self._asking_witness = asyncio.Lock()
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
                await self._note(request, response)
                self._sender.check()
        finally:
            self._ready.set()

    async def _note(self, request: Request, response: Response) -> None:
        """Hand the response on; raises ``EngineError`` where it is one fault too many."""
        try:
            self._breaker.note(request, response)
        except EngineError:
            if not self._breaker.is_refused or not isinstance(response, Failure):
                raise
            response, answers = await self._hear_witness(response)
            if not answers:
                raise
            self._breaker.trust_refusals()
        finally:
            self._done.append(response)
            self._ready.set()
        if isinstance(response, Answer):
            self._witness = request

    async def _hear_witness(self, refused: Failure) -> tuple[Failure, bool]:
        """Whether what was answered is answered again. What this costs is added to ``refused``."""
        async with self._asking_witness:
            if self._breaker.trusts_refusals:
                return refused, True
            again = None if self._witness is None else await self._sender.answer(self._witness)
            if again is None:
                return refused, False
            retried = (*refused.retried, *again.retried, refused.kind)
            spent = refused.wasted + again.billed
            told = replace(refused, retried=retried, attempts=len(retried) + 1, wasted=spent)
            return told, isinstance(again, Answer)

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
