"""Asks again where a request may yet go through: 429, 5xx, a lost connection, a time-out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

__all__ = ["Patience", "is_passing", "status_of"]

_Result = TypeVar("_Result")

_PASSING = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Patience:
    """How often a request is made at most, and how to wait (s) between two tries."""

    tries: int = 5
    sleep: Callable[[float], None] = time.sleep
    longest_wait_s: float = 60.0

    def ask(self, request: Callable[[], _Result]) -> _Result:
        """The result of ``request``, which may be made several times; its last error if none
        went through, and at once any error that would come again."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        return Retrying(
            stop=stop_after_attempt(self.tries),
            retry=retry_if_exception(is_passing),
            wait=self._wait,
            sleep=self.sleep,
            reraise=True,
        )(request)

    def _wait(self, state: Any) -> float:
        """As long as the server says, else 1, 2, 4, 8 ... seconds."""
        said = _seconds_said(state.outcome.exception())
        wait: float = 2.0 ** (state.attempt_number - 1) if said is None else said
        return min(wait, self.longest_wait_s)


def is_passing(error: BaseException) -> bool:
    """Whether the same request may go through a moment later."""
    import httpx2

    return status_of(error) in _PASSING or isinstance(error, httpx2.TransportError)


def status_of(error: BaseException) -> int | None:
    """The HTTP status that an error of the Hub's client stands for."""
    from huggingface_hub.errors import HfHubHTTPError

    return error.response.status_code if isinstance(error, HfHubHTTPError) else None


def _seconds_said(error: BaseException | None) -> float | None:
    """What ``Retry-After`` or ``RateLimit: "api";r=0;t=12`` asks for."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    texts = [headers.get("retry-after", "")]
    texts += [part[2:] for part in headers.get("ratelimit", "").split(";") if part[:2] == "t="]
    for text in texts:
        if text.strip().isdigit():
            return float(text)
    return None
