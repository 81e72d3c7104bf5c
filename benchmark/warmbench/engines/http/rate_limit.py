"""Rate limits, as the headers of replies state them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from warmbench.records.response import Tokens

__all__ = ["RateLimit", "x_ratelimit_wait"]

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """``remaining`` of ``limit`` (requests or tokens); all of ``limit`` again in ``reset_s``."""

    limit: float | None
    remaining: float | None
    reset_s: float | None

    @classmethod
    def of(cls, limit: str | None, remaining: str | None, reset_s: float | None) -> RateLimit:
        """From the text of the headers; what is not a number is not known."""
        return cls(_number(limit), _number(remaining), reset_s)

    def wait(self, needed: int) -> float:
        """Seconds until ``needed`` are available; 0: now. They refill evenly over ``reset_s``."""
        if self.remaining is None or self.reset_s is None or self.remaining >= needed:
            return 0.0
        if self.limit is None or self.limit <= self.remaining:
            return self.reset_s
        share = (needed - self.remaining) / (self.limit - self.remaining)
        return self.reset_s * min(share, 1.0)


def x_ratelimit_wait(headers: Mapping[str, str], billed: Tokens) -> float:
    """Seconds until the endpoint takes another request of so many tokens; 0: now.

    By ``x-ratelimit-limit/remaining/reset-requests`` and ``-tokens``, as OpenAI, vLLM's gateways
    and Groq send them, and by the same names with nothing after ``reset``, as OpenRouter does.
    """
    tokens = billed.prompt + billed.completion
    needed = {"": 1, "-requests": 1, "-tokens": tokens}
    return max(_x_limit(headers, what).wait(count) for what, count in needed.items())


def _x_limit(headers: Mapping[str, str], what: str) -> RateLimit:
    limit = headers.get(f"x-ratelimit-limit{what}")
    remaining = headers.get(f"x-ratelimit-remaining{what}")
    reset = headers.get(f"x-ratelimit-reset{what}")
    until = _time(reset)
    if until is None:
        return RateLimit.of(limit, remaining, _duration(reset))
    now = _date(headers.get("date"))
    # Nothing comes back before that time, so the limit does not matter.
    return RateLimit.of(None, remaining, None if now is None else max(until - now, 0.0))


def _time(text: str | None) -> float | None:
    """Seconds since 1970 of a time in seconds or milliseconds; None for a shorter number, which
    is a wait."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    if 1e9 <= value < 1e10:
        return value
    return value / 1000 if 1e12 <= value < 1e13 else None


def _date(text: str | None) -> float | None:
    """The server's own time: this machine's clock may be wrong."""
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None


def _duration(text: str | None) -> float | None:
    """Seconds of ``6m0s``, ``1.5s``, ``20ms`` or a bare number."""
    if text is None:
        return None
    if _PART.sub("", text).strip():
        return _number(text)
    parts = _PART.findall(text)
    return sum(float(value) * _SECONDS[unit] for value, unit in parts) if parts else None
