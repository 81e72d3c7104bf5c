"""The limiter finds what an endpoint can bear, in a time that no test has to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.engines.http.concurrency_limiter import ConcurrencyLimiter


class FakeTime:
    """A clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def run(work: Callable[[ConcurrencyLimiter, FakeTime], Awaitable[None]], ceiling: int) -> FakeTime:
    time = FakeTime()
    asyncio.run(_within(work, ConcurrencyLimiter(ceiling, time.clock, time.sleep), time))
    return time


async def _within(
    work: Callable[[ConcurrencyLimiter, FakeTime], Awaitable[None]],
    limiter: ConcurrencyLimiter,
    time: FakeTime,
) -> None:
    async with asyncio.timeout(20):
        await work(limiter, time)


async def a_round(limiter: ConcurrencyLimiter, capacity: int) -> int:
    """All that may be under way are: those within the capacity are answered. Returns how many
    were too much."""
    turns = [await limiter.acquire() for _ in range(limiter.limit)]
    for place, turn in enumerate(turns):
        if place < capacity:
            limiter.speed_up()
        else:
            limiter.slow_down(turn)
    for _ in turns:
        limiter.release()
    return max(len(turns) - capacity, 0)


@pytest.mark.parametrize(
    ("ceiling", "capacity", "least", "most"),
    [
        (64, 64, 64, 64),  # an endpoint that bears all is asked all
        (64, 1000, 64, 64),
        (64, 10, 5, 11),  # half of what was too much, and one more each round
        (64, 1, 1, 2),
        (7, 3, 1, 4),
        (1, 1, 1, 1),
    ],
)
def test_the_limit_comes_to_what_the_endpoint_bears(
    ceiling: int, capacity: int, least: int, most: int
) -> None:
    async def work(limiter: ConcurrencyLimiter, time: FakeTime) -> None:
        for _ in range(8):
            await a_round(limiter, capacity)
        limits, refused, asked = set(), 0, 0
        for _ in range(40):
            limits.add(limiter.limit)
            asked += limiter.limit
            refused += await a_round(limiter, capacity)
        assert least <= min(limits)
        assert max(limits) <= most
        assert 3 * refused <= asked

    run(work, ceiling)


def test_faults_of_requests_that_were_in_flight_together_count_once() -> None:
    async def work(limiter: ConcurrencyLimiter, time: FakeTime) -> None:
        turns = [await limiter.acquire() for _ in range(8)]
        for turn in turns:
            limiter.slow_down(turn)
        assert limiter.limit == 4
        for _ in turns:
            limiter.release()
        limiter.slow_down(await limiter.acquire())
        assert limiter.limit == 1  # only one was under way, and it was too much

    run(work, 8)


@pytest.mark.parametrize(
    ("reply_s", "start"),
    [(0.05, 64), (0.5, 64), (2.0, 30), (20.0, 3), (60.0, 1), (500.0, 1), (0.0, 64), (None, 4)],
)
def test_the_start_is_what_one_after_the_other_would_take_half_the_timeout(
    reply_s: float | None, start: int
) -> None:
    limiter = ConcurrencyLimiter(64, timeout_s=120.0)
    limiter.start_low(reply_s)
    assert limiter.limit == start


@pytest.mark.parametrize(
    ("seconds", "rounds"),
    [
        (1.0, [4, 8, 16, 32, 64, 64]),  # far from the timeout: twice as many each round
        (40.0, [4, 4, 5, 6, 7, 8]),  # one more each round
        (70.0, [4, 4, 4, 4, 4, 4]),
        (90.0, [4, 4, 4, 4, 4, 4]),  # never below a quarter of the ceiling, or where it was
    ],
)
def test_how_fast_it_grows_follows_how_long_replies_take(seconds: float, rounds: list[int]) -> None:
    async def work() -> list[int]:
        limiter, limits = ConcurrencyLimiter(64, timeout_s=120.0), []
        limiter.start_low(None)
        for _ in rounds:
            limits.append(limiter.limit)
            slots = [await limiter.acquire() for _ in range(limiter.limit)]
            for slot in slots:
                limiter.speed_up(slot, seconds)
                limiter.release()
        return limits

    assert asyncio.run(work()) == rounds


def test_replies_that_near_the_timeout_make_it_shrink_before_any_times_out() -> None:
    async def work() -> list[int]:
        limiter, limits = ConcurrencyLimiter(64, timeout_s=120.0), []
        for _ in range(8):
            slots = [await limiter.acquire() for _ in range(limiter.limit)]
            for slot in slots:
                limiter.speed_up(slot, 100.0)
                limiter.release()
            limits.append(limiter.limit)
        return limits

    assert asyncio.run(work()) == [48, 36, 27, 20, 16, 16, 16, 16]


def test_nothing_starts_while_the_endpoint_wants_to_be_left_alone() -> None:
    async def work(limiter: ConcurrencyLimiter, time: FakeTime) -> None:
        limiter.hold(30.0)
        limiter.hold(5.0)  # a shorter wait does not shorten the longer one
        await limiter.acquire()
        assert time.now == 130.0

    assert run(work, 4).slept == [30.0]


def test_a_turn_waits_for_one_to_end() -> None:
    async def work(limiter: ConcurrencyLimiter, time: FakeTime) -> None:
        await limiter.acquire()
        second = asyncio.create_task(limiter.acquire())
        await asyncio.sleep(0)
        assert not second.done()
        limiter.release()
        assert await second == 2

    run(work, 1)


def test_a_cancelled_turn_takes_no_place() -> None:
    async def work(limiter: ConcurrencyLimiter, time: FakeTime) -> None:
        await limiter.acquire()
        gone = asyncio.create_task(limiter.acquire())
        waiting = asyncio.create_task(limiter.acquire())
        await asyncio.sleep(0)
        gone.cancel()
        limiter.release()
        assert await waiting == 2

    run(work, 1)


@given(
    ceiling=st.integers(1, 50),
    news=st.lists(
        st.tuples(st.sampled_from(["good", "too much"]), st.integers(1, 60)), max_size=60
    ),
)
def test_the_limit_never_leaves_its_bounds(ceiling: int, news: list[tuple[str, int]]) -> None:
    async def work(limiter: ConcurrencyLimiter, time: FakeTime) -> None:
        for kind, count in news:
            turns = [await limiter.acquire() for _ in range(min(count, limiter.limit))]
            assert limiter.in_flight == len(turns) <= limiter.limit
            for turn in turns:
                limiter.speed_up() if kind == "good" else limiter.slow_down(turn)
                limiter.release()
                assert 1 <= limiter.limit <= ceiling
        assert limiter.in_flight == 0

    run(work, ceiling)
