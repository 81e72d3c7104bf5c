"""Many requests to one endpoint at once: retries, pace, budget, and the replies as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmbench.engines.budget import Budget
from warmbench.engines.http import billing
from warmbench.engines.http.concurrency_limiter import Pace
from warmbench.engines.http.rate_headers import refill_wait
from warmbench.engines.openai.chat_endpoint import Attempt, ChatEndpoint
from warmbench.errors import EngineError
from warmbench.records.request import Request
from warmbench.records.response import NO_TOKENS, Answer, Failure, FailureKind, Response, Tokens
from warmbench.retry import Backoff

__all__ = ["Crowd"]

_BACKOFF = Backoff(0.5, 8.0, jitter=0.25)
_PROBE_RETRIES = 2
_REASKS = 2
"""For replies that came but hold no answer: they were billed, so they are not asked for long."""

_LONGEST_WAIT_S = 600.0
_GATHER_S = 0.02
"""How long a first response waits for others, to be written with them in one transaction."""

_USELESS = (FailureKind.EMPTY, FailureKind.MALFORMED, FailureKind.WRONG_MODEL)


class Crowd:
    """The workers that ask ``requests`` of an open endpoint, ``pace.limit`` at once."""

    def __init__(
        self,
        endpoint: ChatEndpoint,
        requests: Sequence[Request],
        pace: Pace,
        budget: Budget,
        *,
        workers: int,
        max_retries: int,
    ) -> None:
        self._endpoint = endpoint
        self._waiting = deque(requests)
        self._pace = pace
        self._budget = budget
        self._count = workers
        self._max_retries = max_retries
        self._workers: list[asyncio.Task[None]] = []
        self._done: list[Response] = []
        self._ready = asyncio.Event()
        self._settled = asyncio.Event()
        self._lost_in_a_row = 0

    async def probe(self) -> None:
        """Ask the first request alone: what it fails of, the others would fail of too."""
        where = self._endpoint.base_url
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
                f"{where}: does not answer as a chat endpoint does: {response.message}; "
                "is the address right, to its /v1?"
            )
        if isinstance(response, Failure) and response.kind is FailureKind.WRONG_MODEL:
            raise EngineError(
                f"{where}: another model answers: {response.message}. Ask for it by the name "
                "that its replies have; `warmbench run --model-alias NAME` lets both names be one"
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
                    if self._pace.under_way == 0:
                        return
                    await self._settled.wait()  # what is under way may leave enough for it
                    continue
                self._done.append(response)
                self._ready.set()
                self._note_loss(response)
        finally:
            self._ready.set()

    async def _answer(self, request: Request, max_retries: int) -> Response | None:
        """Ask until there is an answer or no hope; None where the budget lets nothing be sent."""
        tally = _Tally()
        while True:
            attempt = await self._send(request, tally.useless)
            if attempt is None:
                return tally.response
            tally.add(attempt.response)
            if isinstance(attempt.response, Answer):
                return tally.response
            if attempt.response.kind in _USELESS:
                if tally.useless > _REASKS:
                    return tally.response
                continue
            if not attempt.retry or tally.faults > max_retries:
                return tally.response
            if attempt.wait is None:  # else the pace holds it back
                await asyncio.sleep(_BACKOFF.seconds(tally.faults - 1))

    async def _send(self, request: Request, useless: int) -> Attempt | None:
        """One attempt in its turn, reserved and settled; None where the budget refuses it."""
        turn = await self._pace.enter()
        at_most, billed = billing.at_most(request), NO_TOKENS
        try:
            if not self._budget.reserve(request.arm, at_most):
                return None
            try:
                attempt = await self._endpoint.attempt(request, useless)
                billed = attempt.response.billed
            finally:
                self._budget.settle(request.arm, at_most, billed)
                settled, self._settled = self._settled, asyncio.Event()
                settled.set()
            self._heed(attempt, turn, billed)
            return attempt
        finally:
            self._pace.leave()

    def _heed(self, attempt: Attempt, turn: int, billed: Tokens) -> None:
        """Go on as the endpoint says that it can bear."""
        if attempt.too_much:
            self._pace.slow_down(turn)
        elif isinstance(attempt.response, Answer):
            self._pace.speed_up()
        wait = attempt.wait or refill_wait(attempt.headers, billed.prompt + billed.completion)
        if wait > _LONGEST_WAIT_S:
            raise EngineError(
                f"{self._endpoint.base_url}: asks to be left alone for {wait:,.0f} s, longer than "
                f"{_LONGEST_WAIT_S:,.0f} s. The same command resumes the run"
            )
        if wait > 0:
            self._pace.hold(wait)

    def _note_loss(self, response: Response) -> None:
        lost = isinstance(response, Failure) and response.kind is FailureKind.CONNECTION
        self._lost_in_a_row = self._lost_in_a_row + 1 if lost else 0
        if self._lost_in_a_row > 2 * self._count:
            raise EngineError(
                f"{self._endpoint.base_url}: stopped answering; {self._lost_in_a_row} requests in "
                "a row could not connect. The same command resumes the run"
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
    useless: int = 0
    faults: int = 0

    def add(self, response: Response) -> None:
        before = self.response
        retried: tuple[FailureKind, ...] = ()
        wasted = NO_TOKENS
        if isinstance(before, Failure):
            retried, wasted = (*before.retried, before.kind), before.wasted
        if isinstance(response, Failure):
            wasted += response.wasted
            self.useless += response.kind in _USELESS
            self.faults += response.kind not in _USELESS
        self.response = replace(response, attempts=len(retried) + 1, retried=retried, wasted=wasted)
