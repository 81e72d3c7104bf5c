"""What the headers of a reply say of an endpoint's limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.engines.http.rate_headers import refill_wait, retry_after

NOON = "Wed, 24 Jun 2026 12:00:00 GMT"
LATER = "Wed, 24 Jun 2026 12:00:07 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "9", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after": LATER, "date": NOON}, 7.0),
        ({"retry-after": NOON, "date": LATER}, 0.0),
        ({"retry-after": LATER}, None),  # a date that this machine's clock would have to read
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-4"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def limits(remaining: str, reset: str, limit: str | None, what: str) -> dict[str, str]:
    headers = {f"x-ratelimit-remaining-{what}": remaining, f"x-ratelimit-reset-{what}": reset}
    return headers if limit is None else {**headers, f"x-ratelimit-limit-{what}": limit}


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
        ({**limits("0", "2s", "2", "requests"), **limits("0", "3s", "1", "tokens")}, 9, 3.0),
    ],
)
def test_refill_wait(headers: dict[str, str], tokens: int, seconds: float) -> None:
    assert refill_wait(headers, tokens) == pytest.approx(seconds)


@given(st.text(), st.text(), st.text())
def test_no_header_breaks_it(first: str, second: str, third: str) -> None:
    wait = retry_after({"retry-after": first, "retry-after-ms": second, "date": third})
    assert wait is None or wait >= 0
    assert refill_wait(limits(first, second, third, "requests"), 10) >= 0
