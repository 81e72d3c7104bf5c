"""Which errors of the Hub are retried, how often, and after which wait."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx2
import pytest
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from warmbench.data.hub.client import HubRetry
from warmbench.data.hub.errors import is_transient


def answer(status: int, headers: Mapping[str, str] | None = None) -> HfHubHTTPError:
    request = httpx2.Request("GET", "http://hub")
    response = httpx2.Response(status, headers=dict(headers or {}), request=request)
    return HfHubHTTPError("refused", response=response)


def upload_that_failed_for(cause: Exception) -> RuntimeError:
    error = RuntimeError("Error while uploading 'a' to the Hub.")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (answer(429), True),
        (answer(503), True),
        (answer(401), False),
        (answer(403), False),
        (answer(412), False),
        (httpx2.ReadTimeout("x"), True),
        (httpx2.RemoteProtocolError("x"), True),
        (ConnectionResetError(), True),
        (json.JSONDecodeError("x", "<html>", 0), True),
        (upload_that_failed_for(answer(502)), True),
        (upload_that_failed_for(answer(403)), False),
        (OfflineModeIsEnabled("x"), False),
        (ValueError("x"), False),
    ],
)
def test_what_may_go_through_a_moment_later(error: Exception, passing: bool) -> None:
    assert is_transient(error) is passing


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({}, [1, 2, 4, 8]),
        ({"Retry-After": "7"}, [7, 7, 7, 7]),
        ({"RateLimit": '"api";r=0;t=55'}, [55, 55, 55, 55]),
        ({"RateLimit": '"api"; r=0; t=55'}, [55, 55, 55, 55]),
        ({"Retry-After": "9999"}, [300, 300, 300, 300]),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, [1, 2, 4, 8]),
    ],
)
def test_the_wait_is_what_the_server_says(headers: Mapping[str, str], waits: list[float]) -> None:
    waited: list[float] = []
    said: list[str] = []

    def ask() -> None:
        raise answer(429, headers)

    with pytest.raises(HfHubHTTPError):
        HubRetry(sleep=waited.append, note=said.append).call(ask)
    assert waited == waits
    assert len(said) == sum(wait >= 2 for wait in waits)


def test_what_would_come_again_is_not_asked_again() -> None:
    asked: list[int] = []

    def ask() -> None:
        asked.append(1)
        raise answer(403)

    with pytest.raises(HfHubHTTPError):
        HubRetry(sleep=lambda seconds: None).call(ask)
    assert asked == [1]
