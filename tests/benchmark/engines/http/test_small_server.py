"""A server with few slots: no request times out, and its slots are used all the same."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from tests.benchmark.engines.http.virtual_time import run_in_virtual_time
from warmbench.engines.budget import Budget
from warmbench.engines.engine import default_timeout
from warmbench.engines.http.breaker import Breaker
from warmbench.engines.http.concurrency_limiter import ConcurrencyLimiter
from warmbench.engines.http.http_client import Attempt, HTTPClient
from warmbench.engines.http.request_pool import RequestPool
from warmbench.engines.http.sender import Sender
from warmbench.records.message import Message
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response

TOKENS = 300


@dataclass
class SmallServer(HTTPClient):
    """``slots`` requests at once, each at ``rate`` tokens a second, the others wait; as a client
    sees it that gives up after ``timeout_s``."""

    slots: int
    rate: float
    timeout_s: float
    shortest: int = TOKENS
    base_url: str = "http://small"
    timeouts: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.free = asyncio.Semaphore(self.slots)

    async def attempt(self, request: Request, no_answers: int) -> Attempt:
        tokens = self.chance.randint(self.shortest, TOKENS)
        try:
            async with asyncio.timeout(self.timeout_s), self.free:
                await asyncio.sleep(tokens / self.rate)
        except TimeoutError:
            self.timeouts += 1
            failure = Failure(request.key, FailureKind.TIMEOUT, "too late")
            return Attempt(failure, retry=True, overloaded=True)
        return Attempt(Answer(request.key, "x", "stop", 9, tokens))


def make_requests(count: int) -> list[Request]:
    return [
        Request(
            key=f"k{number}", arm="warm", item_id=f"q{number}/plain/none", epoch=0,
            messages=(Message("user", "x"),), temperature=0.8, max_tokens=TOKENS, top_p=1.0,
            seed=number,
        )
        for number in range(count)
    ]  # fmt: skip


async def ask_all(server: SmallServer, count: int, at_once: int, *, low: bool) -> float:
    """Ask as the engine does: the first alone. Returns the seconds that all took."""
    loop = asyncio.get_running_loop()
    limiter = ConcurrencyLimiter(at_once, loop.time, timeout_s=server.timeout_s)
    sender = Sender(server, limiter, Budget(), 6)
    first, *rest = make_requests(count)
    answer = await sender.answer(first)
    assert isinstance(answer, Answer)
    if low:
        limiter.start_low(sender.last_s * TOKENS / (answer.completion_tokens or TOKENS))
    breaker = Breaker("x", "KEY", at_once)
    pool = RequestPool(sender, rest, breaker, workers=at_once)
    pool.start()
    responses: list[Response] = []
    while group := await pool.next_group():
        responses += group
    assert len(responses) == count - 1
    return loop.time()


async def timeouts_and_speed(
    slots: int, rate: float, timeout_s: float, at_once: int, *, shortest: int, low: bool = True
) -> tuple[int, float]:
    """How many attempts timed out, and the share of the server's full speed."""
    server = SmallServer(slots, rate, timeout_s, shortest)
    seconds = await ask_all(server, 224, at_once, low=low)
    fastest = 224 * (shortest + TOKENS) / 2 / rate / slots
    return server.timeouts, fastest / seconds


@pytest.mark.parametrize(
    ("name", "slots", "rate", "at_once", "shortest", "least_speed"),
    [
        ("eight slots, as they come", 8, 5.0, 16, TOKENS, 0.8),
        ("eight slots, replies of all lengths", 8, 5.0, 16, 20, 0.8),
        ("eight slots, far too many at once", 8, 5.0, 64, 20, 0.8),
        ("one slot", 1, 5.0, 16, 20, 0.8),
        ("one slot, full replies", 1, 5.0, 16, TOKENS, 0.8),
        ("two fast slots", 2, 40.0, 64, 20, 0.8),
        ("thirty-two slots", 32, 5.0, 64, TOKENS, 0.5),
        ("a quick endpoint", 64, 3000.0, 64, 20, 0.5),
    ],
)
def test_nothing_times_out_and_the_slots_are_used(
    name: str, slots: int, rate: float, at_once: int, shortest: int, least_speed: float
) -> None:
    timeouts, speed = run_in_virtual_time(
        timeouts_and_speed(slots, rate, default_timeout(TOKENS), at_once, shortest=shortest)
    )
    assert timeouts == 0
    assert speed >= least_speed


def test_a_timeout_that_is_too_short_for_two_in_a_row_is_met_by_few() -> None:
    """Sixteen at once, eight slots, a minute a reply: whoever waits for a slot waits too long."""
    at_once = timeouts_and_speed(8, 5.0, 110.0, 16, shortest=TOKENS, low=False)
    assert run_in_virtual_time(at_once)[0] == 16
    timeouts, speed = run_in_virtual_time(timeouts_and_speed(8, 5.0, 110.0, 16, shortest=TOKENS))
    assert timeouts <= 3
    assert speed >= 0.6
