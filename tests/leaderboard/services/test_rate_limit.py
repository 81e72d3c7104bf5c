"""The rate limit: per user, over a window that moves."""

from __future__ import annotations

import pytest

from warmbench.errors import UsageError
from warmbench_leaderboard.services.rate_limit import RateLimit


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_user_is_held_back_and_let_in_again() -> None:
    clock = Clock()
    limit = RateLimit(2, 60.0, clock)
    limit.check("ann")
    clock.now = 30.0
    limit.check("ann")
    with pytest.raises(UsageError, match="2 tries in 1 minutes"):
        limit.check("ann")
    limit.check("bob")
    clock.now = 60.5
    limit.check("ann")
    with pytest.raises(UsageError):
        limit.check("ann")


def test_a_refused_try_does_not_count() -> None:
    clock = Clock()
    limit = RateLimit(1, 10.0, clock)
    limit.check("ann")
    for clock.now in (1.0, 5.0, 9.0):
        with pytest.raises(UsageError):
            limit.check("ann")
    clock.now = 10.5
    limit.check("ann")


def test_users_are_forgotten_so_that_memory_is_bounded() -> None:
    limit = RateLimit(1, 60.0, Clock())
    for number in range(25_000):
        limit.check(str(number))
    limit.check("0")
