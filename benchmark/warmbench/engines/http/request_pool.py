"""Many requests to one endpoint at once: retries, concurrency, budget, responses as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmbench.engines.budget import Budget, most_tokens
from warmbench.engines.http.concurrency_limiter import ConcurrencyLimiter
from warmbench.engines.http.http_client import Attempt, HTTPClient
from warmbench.errors import EngineError
from warmbench.records.reply import CUT
from warmbench.records.request import Request
from warmbench.records.response import NO_TOKENS, Answer, Failure, FailureKind, Response
from warmbench.retry import Backoff

__all__ = ["RequestPool"]

_BACKOFF = Backoff(0.5, 8.0, jitter=0.25)
_PROBE_RETRIES = 2
_NO_ANSWER_RETRIES = 2
"""For replies that hold no answer: they were billed, so few are worth paying for."""

_LONGEST_WAIT_S = 600.0
_GATHER_S = 0.02
"""How long a first response waits for others, to be written with them in one transaction."""

_NO_ANSWER = (
    FailureKind.EMPTY,
    FailureKind.MALFORMED,
    FailureKind.REASONING_ONLY,
    FailureKind.WRONG_MODEL,
)


class RequestPool:
    """The workers that send ``requests`` through an open client, ``limiter.limit`` at once."""

    def __init__(
        self,
        client: HTTPClient,
        requests: Sequence[Request],
        limiter: ConcurrencyLimiter,
        budget: Budget,
        *,
        workers: int,
        max_retries: int,
    ) -> None:
        self._client = client
        self._waiting = deque(requests)
        self._limiter = limiter
        self._budget = budget
        self._count = workers
        self._max_retries = max_retries
        self._workers: list[asyncio.Task[None]] = []
        self._done: list[Response] = []
        self._ready = asyncio.Event()
        self._settled = asyncio.Event()
        self._failed_in_a_row = 0

    async def probe(self) -> None:
        """Send the first request alone. What makes it fail would make the others fail too."""
        where = self._client.base_url
        first = self._waiting.popleft()
        response = await self._answer(first, min(self._max_retries, _PROBE_RETRIES))
        if response is None:
            self._waiting.clear()
            return
        self._done.append(response)
        if isinstance(response, Failure) and response.kind is FailureKind.CONNECTION:
            raise EngineError(
                f"{where}: can't be reached ({response.message}); "
                "is the server running, and is the address right?"
            )
        if isinstance(response, Failure) and response.kind is FailureKind.BAD_REQUEST:
            raise EngineError(f"{where}: refused the request: {response.message}")
        if isinstance(response, Failure) and response.kind is FailureKind.MALFORMED:
            raise EngineError(
                f"{where}: not a chat endpoint: {response.message}; does the address end in /v1?"
            )
        if isinstance(response, Failure) and response.kind is FailureKind.WRONG_MODEL:
            raise EngineError(
                f"{where}: another model answered: {response.message}. Use the name in its "
                "replies, or accept that name too with `--model-alias NAME`"
            )

    def start(self) -> None:
        count = min(self._count, len(self._waiting))
        self._workers = [asyncio.create_task(self._work()) for _ in range(count)]

    async def _work(self) -> None:
        try:
            while self._waiting:
                request = self._waiting.popleft()
                response = await self._answer(request, self._max_retries)
                if response is None:
                    self._waiting.appendleft(request)
                    if self._limiter.in_flight == 0:
                        return
                    await self._settled.wait()  # what is in flight may leave enough for it
                    continue
                self._done.append(response)
                self._ready.set()
                self._check_connection(response)
        finally:
            self._ready.set()

    async def _answer(self, request: Request, max_retries: int) -> Response | None:
        """Send until there is an answer or no hope; None when the budget allows no attempt."""
        tally = _Tally()
        while True:
            attempt = await self._send(request, tally.no_answers)
            if attempt is None:
                return tally.response
            tally.add(attempt.response)
            if isinstance(attempt.response, Answer):
                return tally.response
            if attempt.response.kind in _NO_ANSWER:
                if attempt.response.finish_reason == CUT:
                    return tally.response  # it would be cut again
                if tally.no_answers > _NO_ANSWER_RETRIES:
                    return tally.response
                continue
            if not attempt.retry or tally.errors > max_retries:
                return tally.response
            if attempt.requested_wait is None:  # else the limiter holds it back
                await asyncio.sleep(_BACKOFF.seconds(tally.errors - 1))

    async def _send(self, request: Request, no_answers: int) -> Attempt | None:
        """One attempt, its tokens reserved and settled; None when the budget refuses it."""
        slot = await self._limiter.acquire()
        at_most, billed = most_tokens(request), NO_TOKENS
        try:
            if not self._budget.reserve(request.arm, at_most):
                return None
            try:
                attempt = await self._client.attempt(request, no_answers)
                billed = attempt.response.billed
            finally:
                self._budget.settle(request.arm, at_most, billed)
                settled, self._settled = self._settled, asyncio.Event()
                settled.set()
            self._adapt(attempt, slot)
            return attempt
        finally:
            self._limiter.release()

    def _adapt(self, attempt: Attempt, slot: int) -> None:
        """Adapt to what the endpoint says of its load."""
        if attempt.overloaded:
            self._limiter.slow_down(slot)
        elif isinstance(attempt.response, Answer):
            self._limiter.speed_up()
        wait = attempt.requested_wait or attempt.refill_wait
        if wait > _LONGEST_WAIT_S:
            raise EngineError(
                f"{self._client.base_url}: the server asked us to wait {wait:,.0f} s, more than "
                f"{_LONGEST_WAIT_S:,.0f} s. The same command resumes the run"
            )
        if wait > 0:
            self._limiter.hold(wait)

    def _check_connection(self, response: Response) -> None:
        failed = isinstance(response, Failure) and response.kind is FailureKind.CONNECTION
        self._failed_in_a_row = self._failed_in_a_row + 1 if failed else 0
        if self._failed_in_a_row > 2 * self._count:
            raise EngineError(
                f"{self._client.base_url}: the server stopped responding; {self._failed_in_a_row} "
                "requests in a row could not connect. The same command resumes the run"
            )

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


@dataclass(slots=True)
class _Tally:
    """What all attempts at one request come to."""

    response: Response | None = None
    no_answers: int = 0
    errors: int = 0

    def add(self, response: Response) -> None:
        before = self.response
        retried: tuple[FailureKind, ...] = ()
        wasted = NO_TOKENS
        if isinstance(before, Failure):
            retried, wasted = (*before.retried, before.kind), before.wasted
        if isinstance(response, Failure):
            wasted += response.wasted
            self.no_answers += response.kind in _NO_ANSWER
            self.errors += response.kind not in _NO_ANSWER
        self.response = replace(response, attempts=len(retried) + 1, retried=retried, wasted=wasted)
