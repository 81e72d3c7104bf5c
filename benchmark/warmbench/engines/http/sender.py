"""One request, sent until it is answered or further attempts are hopeless."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from warmbench.engines.budget import Budget, most_tokens
from warmbench.engines.http.concurrency_limiter import ConcurrencyLimiter
from warmbench.engines.http.http_client import Attempt, HTTPClient
from warmbench.errors import EngineError
from warmbench.records.reply import CUT
from warmbench.records.request import Request
from warmbench.records.request_form import RequestForm
from warmbench.records.response import NO_TOKENS, Answer, Failure, FailureKind, Response
from warmbench.retry import Backoff

__all__ = ["Adopt", "Sender"]

Adopt = Callable[[RequestForm, str], None]
"""Takes the form that an endpoint wants, and its words."""

_BACKOFF = Backoff(0.5, 8.0, jitter=0.25)
_RATE_LIMIT_BACKOFF = Backoff(1.0, 32.0, jitter=0.25)
"""Six retries outlast a limit by the minute that the endpoint does not state."""

_NO_ANSWER_RETRIES = 2
"""For replies that hold no answer: they were billed, so few are worth paying for."""

_PROBE_RETRIES = 2
"""Where nothing was answered yet, there is little to wait for."""

_NO_REPLY_RETRIES = 1
"""Then, what is no chat reply at all is asked of another request too, and soon given up."""

_DAILY_RETRIES = 1
"""For a limit that holds for the rest of the day: waiting does not help."""

_BY_THE_DAY = re.compile(r"per[ -]day|daily|\b[RT]PD\b|PerDay|per[ -](?:month|week)", re.IGNORECASE)

_LONGEST_WAIT_S = 600.0

_NO_ANSWER = (
    FailureKind.EMPTY,
    FailureKind.MALFORMED,
    FailureKind.REASONING_ONLY,
    FailureKind.WRONG_MODEL,
)


class Sender:
    """Sends through an open client, as ``limiter`` and ``budget`` allow.

    ``adopt`` takes another form of the requests where the endpoint refuses the present one; None:
    the form is settled, and such a request fails. ``last_s``: how long the last reply took.
    """

    def __init__(
        self,
        client: HTTPClient,
        limiter: ConcurrencyLimiter,
        budget: Budget,
        max_retries: int,
        adopt: Adopt | None = None,
    ) -> None:
        self._client = client
        self._limiter = limiter
        self._budget = budget
        self._max_retries = max_retries
        self._adopt = adopt
        self._settled = asyncio.Event()
        self._stop: EngineError | None = None
        self.last_s = 0.0

    @property
    def in_flight(self) -> int:
        return self._limiter.in_flight

    async def settled(self) -> None:
        """Until what is in flight may have left enough of the budget for another request."""
        await self._settled.wait()

    def check(self) -> None:
        """Raise the ``EngineError`` for which nothing more is to be sent."""
        if self._stop is not None:
            raise self._stop

    async def answer(self, request: Request) -> Response | None:
        """Send until there is an answer or no hope; None when the budget allows no attempt."""
        tally = _Tally()
        while True:
            attempt = await self._send(request, tally.no_answers)
            if attempt is None:
                return tally.response
            failure = attempt.response
            if attempt.other_form is not None and self._adopt and isinstance(failure, Failure):
                tally.add(failure, counts=False)
                self._adopt(attempt.other_form, failure.message)
                continue
            tally.add(failure)
            if isinstance(failure, Answer) or self._stop is not None:
                return tally.response
            if self._is_no_chat(failure) and tally.no_answers > _NO_REPLY_RETRIES:
                return tally.response
            if not tally.may_go_on(attempt, failure, self._retries(attempt, failure)):
                return tally.response
            if attempt.requested_wait is None and failure.kind not in _NO_ANSWER:
                await asyncio.sleep(_backoff(failure).seconds(tally.errors - 1))

    def _is_no_chat(self, failure: Failure) -> bool:
        """Whether nothing was answered yet and this is no reply of the API."""
        return self._adopt is not None and failure.kind is FailureKind.MALFORMED

    def _retries(self, attempt: Attempt, failure: Failure) -> int:
        """How many errors of one request are worth another attempt."""
        if failure.kind is not FailureKind.RATE_LIMIT:
            return min(self._max_retries, _PROBE_RETRIES) if self._adopt else self._max_retries
        by_the_day = attempt.requested_wait is None and _BY_THE_DAY.search(failure.message)
        return min(self._max_retries, _DAILY_RETRIES) if by_the_day else self._max_retries

    async def _send(self, request: Request, no_answers: int) -> Attempt | None:
        """One attempt, its tokens reserved and settled; None when the budget refuses it."""
        slot = await self._limiter.acquire()
        at_most, billed = most_tokens(request), NO_TOKENS
        try:
            if not self._budget.reserve(request.arm, at_most):
                return None
            started = asyncio.get_running_loop().time()
            try:
                attempt = await self._client.attempt(request, no_answers)
                billed = attempt.response.billed
            finally:
                self._budget.settle(request.arm, at_most, billed)
                settled, self._settled = self._settled, asyncio.Event()
                settled.set()
            self.last_s = asyncio.get_running_loop().time() - started
            self._adapt(attempt, slot, self.last_s)
            return attempt
        finally:
            self._limiter.release()

    def _adapt(self, attempt: Attempt, slot: int, seconds: float) -> None:
        """Adapt to what the endpoint says of its load."""
        if attempt.overloaded:
            self._limiter.slow_down(slot, timed_out=_timed_out(attempt.response))
        elif isinstance(attempt.response, Answer):
            self._limiter.speed_up(slot, seconds)
        wait = attempt.requested_wait or attempt.refill_wait
        if wait > _LONGEST_WAIT_S:
            self._stop = EngineError(
                f"{self._client.base_url}: the server asked us to wait {wait:,.0f} s, more than "
                f"{_LONGEST_WAIT_S:,.0f} s{_said(attempt.response)}. The same command resumes the "
                "run"
            )
        elif wait > 0:
            self._limiter.hold(wait)


def _timed_out(response: Response) -> bool:
    return isinstance(response, Failure) and response.kind is FailureKind.TIMEOUT


def _said(response: Response) -> str:
    return f": {response.message}" if isinstance(response, Failure) else ""


def _backoff(failure: Failure) -> Backoff:
    return _RATE_LIMIT_BACKOFF if failure.kind is FailureKind.RATE_LIMIT else _BACKOFF


@dataclass(slots=True)
class _Tally:
    """The sum of all attempts at one request."""

    response: Response | None = None
    no_answers: int = 0
    errors: int = 0

    def add(self, response: Response, *, counts: bool = True) -> None:
        before = self.response
        retried: tuple[FailureKind, ...] = ()
        wasted = NO_TOKENS
        if isinstance(before, Failure):
            retried, wasted = (*before.retried, before.kind), before.wasted
        if isinstance(response, Failure):
            wasted += response.wasted
            self.no_answers += counts and response.kind in _NO_ANSWER
            self.errors += counts and response.kind not in _NO_ANSWER
        self.response = replace(response, attempts=len(retried) + 1, retried=retried, wasted=wasted)

    def may_go_on(self, attempt: Attempt, failure: Failure, max_retries: int) -> bool:
        """Whether another attempt may bring an answer."""
        if failure.kind in _NO_ANSWER:
            # What was cut would be cut again.
            return failure.finish_reason != CUT and self.no_answers <= _NO_ANSWER_RETRIES
        return attempt.retry and self.errors <= max_retries
