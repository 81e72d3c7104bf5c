"""Asks again where a request may yet go through: 429, 5xx, a lost connection, a time-out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["Patience", "is_passing", "status_of"]

_Result = TypeVar("_Result")

_PASSING = frozenset({408, 429, 500, 502, 503, 504})

_WORTH_SAYING_S = 2.0


@dataclass(frozen=True)
class Patience:
    """How often a request is made at most, and how to wait (s) between two tries.

    ``longest_wait_s``: the Hub counts requests in windows of five minutes. ``note`` is told of a
    wait that a person would notice.
    """

    tries: int = 5
    sleep: Callable[[float], None] = time.sleep
    longest_wait_s: float = 300.0
    note: Callable[[str], None] = lambda text: None

    def ask(self, request: Callable[[], _Result]) -> _Result:
        """The result of ``request``, which may be made several times; its last error if none
        went through, and at once any error that would come again."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        return Retrying(
            stop=stop_after_attempt(self.tries),
            retry=retry_if_exception(is_passing),
            wait=self._wait,
            sleep=self._say_and_sleep,
            reraise=True,
        )(request)

    def _wait(self, state: RetryCallState) -> float:
        """As long as the server says, else 1, 2, 4, 8 ... seconds."""
        said = _seconds_said(state.outcome.exception() if state.outcome else None)
        wait: float = 2.0 ** (state.attempt_number - 1) if said is None else said
        return min(wait, self.longest_wait_s)

    def _say_and_sleep(self, seconds: float) -> None:
        if seconds >= _WORTH_SAYING_S:
            self.note(f"the Hub is not well: asking again in {seconds:.0f} s")
        self.sleep(seconds)


def is_passing(error: BaseException) -> bool:
    """Whether the same request may go through a moment later.

    The client wraps what stopped an upload in a ``RuntimeError``, and takes a gateway's error page
    for JSON.
    """
    import httpx2
    from huggingface_hub.errors import OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return False
    if isinstance(error, RuntimeError) and error.__cause__ is not None:
        return is_passing(error.__cause__)
    passing = (httpx2.TransportError, json.JSONDecodeError, ConnectionError, TimeoutError)
    return status_of(error) in _PASSING or isinstance(error, passing)


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error of the Hub's client stands for."""
    from huggingface_hub.errors import HfHubHTTPError

    return error.response.status_code if isinstance(error, HfHubHTTPError) else None


def _seconds_said(error: BaseException | None) -> float | None:
    """What ``Retry-After`` or ``RateLimit: "api";r=0;t=12`` asks for."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    limits = [part.strip() for part in headers.get("ratelimit", "").split(";")]
    texts = [headers.get("retry-after", ""), *(part[2:] for part in limits if part[:2] == "t=")]
    for text in texts:
        if text.strip().isdigit():
            return float(text)
    return None
