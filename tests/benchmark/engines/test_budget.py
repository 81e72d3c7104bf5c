"""A budget is never passed, whatever is under way, and knows what was spent before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.engines.budget import Budget, Price, Spending
from warmbench.errors import UsageError
from warmbench.records.response import NO_TOKENS, Tokens

PRICES = {"original": Price(1.0, 2.0), "warm": Price(10.0, 20.0)}


def test_without_limits_everything_fits() -> None:
    budget = Budget()
    assert not budget.limited
    assert all(budget.reserve("original", Tokens(10**9, 10**9)) for _ in range(1000))
    assert budget.refused == ""


def test_requests_are_counted_with_those_before() -> None:
    budget = Budget(max_requests=5)
    budget.begin([Spending("original", 2, NO_TOKENS), Spending("warm", 1, NO_TOKENS)])
    assert budget.requests_left == 2
    assert [budget.reserve("warm", NO_TOKENS) for _ in range(3)] == [True, True, False]
    assert budget.refused == "5 of at most 5 requests sent"


def test_cost_is_reserved_at_most_and_settled_by_what_was_billed() -> None:
    budget, most = Budget(max_cost=1.0, prices=PRICES), Tokens(100_000, 100_000)  # $0.30
    assert [budget.reserve("original", most) for _ in range(4)] == [True, True, True, False]
    assert budget.refused == (
        "$0.0000 of at most $1.0000 spent, and the next request may cost $0.3000"
    )
    budget.settle("original", most, Tokens(100_000, 0))  # $0.10 of the three
    assert budget.reserve("original", most)


def test_the_price_is_that_of_the_arm() -> None:
    budget = Budget(max_cost=1.0, prices=PRICES)
    assert not budget.reserve("warm", Tokens(100_000, 100_000))  # $3
    assert budget.reserve("original", Tokens(100_000, 100_000))


def test_a_limit_of_cost_needs_every_price() -> None:
    models = {"original": "openai:a@http://x", "warm": "openai:b@http://x"}
    Budget(max_requests=3).check_prices(models)
    Budget(max_cost=1.0, prices=PRICES).check_prices(models)
    with pytest.raises(
        UsageError, match=r"no price is known for openai:b@http://x; set it with --price"
    ):
        Budget(max_cost=1.0, prices={"original": Price(1, 1)}).check_prices(models)


tokens = st.builds(Tokens, st.integers(0, 50_000), st.integers(0, 50_000))


@given(
    most=tokens,
    used=st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60),
    max_requests=st.integers(1, 30),
    max_cost=st.floats(0.01, 2.0),
)
def test_the_limits_hold_whatever_comes_back(
    most: Tokens, used: list[tuple[float, bool]], max_requests: int, max_cost: float
) -> None:
    budget = Budget(max_requests, max_cost, PRICES)
    sent, paid, under_way = 0, 0.0, 0
    price = PRICES["original"]
    for share, settle in used:
        if budget.reserve("original", most):
            sent, under_way = sent + 1, under_way + 1
        if settle and under_way:
            billed = Tokens(int(most.prompt * share), int(most.completion * share))
            budget.settle("original", most, billed)
            paid, under_way = paid + price.cost(billed.prompt, billed.completion), under_way - 1
        assert sent <= max_requests
        assert paid + under_way * price.cost(most.prompt, most.completion) <= max_cost + 1e-6


@given(st.lists(st.tuples(st.integers(0, 9), tokens), max_size=10), st.integers(1, 40))
def test_a_restart_changes_nothing(spent: list[tuple[int, Tokens]], max_requests: int) -> None:
    whole, pieces = Budget(max_requests), Budget(max_requests)
    whole.begin([Spending("warm", sum(n for n, _ in spent), NO_TOKENS)])
    pieces.begin([Spending("warm", count, used) for count, used in spent])
    assert whole.requests_left == pieces.requests_left
