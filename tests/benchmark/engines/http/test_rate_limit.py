"""What the headers of a reply say of an endpoint's limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.engines.http.rate_limit import x_ratelimit_wait
from warmbench.records.response import Tokens


def limits(remaining: str, reset: str, limit: str | None, what: str) -> dict[str, str]:
    headers = {f"x-ratelimit-remaining-{what}": remaining, f"x-ratelimit-reset-{what}": reset}
    return headers if limit is None else {**headers, f"x-ratelimit-limit-{what}": limit}


MIDNIGHT = "Thu, 01 Jan 2026 00:00:00 GMT"


def day(remaining: str, reset: str) -> dict[str, str]:
    """As OpenRouter has them."""
    return {
        "x-ratelimit-limit": "50",
        "x-ratelimit-remaining": remaining,
        "x-ratelimit-reset": reset,
        "date": MIDNIGHT,
    }


@pytest.mark.parametrize(
    ("headers", "tokens", "seconds"),
    [
        ({}, 300, 0.0),
        (limits("5", "1s", "60", "requests"), 300, 0.0),
        (limits("0", "60s", "60", "requests"), 300, 1.0),  # one of sixty is back after a second
        (limits("0", "1m0s", "60", "requests"), 300, 1.0),
        (limits("0", "120ms", None, "requests"), 300, 0.12),
        (limits("0", "6", "1", "requests"), 300, 6.0),
        (limits("100", "10s", "1100", "tokens"), 300, 2.0),
        (limits("0", "1h1m1.5s", None, "tokens"), 1, 3661.5),
        (limits("0", "soon", "60", "requests"), 300, 0.0),
        (day("0", "1767225660000"), 9, 60.0),  # milliseconds since 1970
        (day("0", "1767225660"), 9, 60.0),  # seconds since 1970
        (day("0", "1767225000000"), 9, 0.0),  # has passed
        (day("3", "1767225660000"), 9, 0.0),
        (day("0", "30"), 9, 30 / 50),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767225660000"}, 9, 0.0),
        ({**limits("0", "1767225660", "9", "tokens"), "date": MIDNIGHT}, 9, 60.0),
        ({**limits("0", "2s", "2", "requests"), **limits("0", "3s", "1", "tokens")}, 9, 3.0),
    ],
)
def test_x_ratelimit_wait(headers: dict[str, str], tokens: int, seconds: float) -> None:
    assert x_ratelimit_wait(headers, Tokens(tokens - 1, 1)) == pytest.approx(seconds)


@given(st.text(), st.text(), st.text())
def test_no_header_breaks_it(first: str, second: str, third: str) -> None:
    assert x_ratelimit_wait(limits(first, second, third, "requests"), Tokens(7, 3)) >= 0
