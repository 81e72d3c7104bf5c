"""Waits between attempts: the backoff, and what a server requests."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.retry import Backoff, Retry, retry_after

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


@given(st.text(), st.text(), st.text())
def test_no_header_breaks_it(first: str, second: str, third: str) -> None:
    wait = retry_after({"retry-after": first, "retry-after-ms": second, "date": third})
    assert wait is None or wait >= 0


@pytest.mark.parametrize(
    ("retries", "chance", "seconds"),
    [(0, 0.0, 0.5), (0, 1.0, 0.375), (1, 0.0, 1.0), (3, 0.0, 4.0), (4, 0.0, 8.0), (99, 0.0, 8.0)],
)
def test_backoff_doubles_up_to_the_longest(retries: int, chance: float, seconds: float) -> None:
    assert Backoff(0.5, 8.0, jitter=0.25).seconds(retries, lambda: chance) == seconds


@dataclass(frozen=True)
class OnTimeouts(Retry):
    """Retries timeouts alone."""

    def is_transient(self, error: BaseException) -> bool:
        return isinstance(error, TimeoutError)


@pytest.mark.parametrize(
    ("errors", "waits", "raised"),
    [
        ([], [], None),
        ([TimeoutError, TimeoutError], [1.0, 2.0], None),
        ([TimeoutError] * 4, [1.0, 2.0, 4.0], TimeoutError),
        ([TimeoutError, ValueError], [1.0], ValueError),
    ],
)
def test_a_call_is_repeated_while_its_errors_are_transient(
    errors: list[type[Exception]], waits: list[float], raised: type[Exception] | None
) -> None:
    left, waited, notes = list(errors), [], []

    def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    retry = OnTimeouts(tries=4, sleep=waited.append, note=notes.append)
    if raised is None:
        assert retry.call(call) == "done"
    else:
        with pytest.raises(raised):
            retry.call(call)
    assert waited == waits
    assert len(notes) == sum(wait >= 2 for wait in waits)
