"""What an endpoint says of its limits in the headers of a reply.

``Retry-After`` (seconds, or a date) and ``retry-after-ms`` say when to come back;
``x-ratelimit-limit/remaining/reset-requests`` and ``-tokens`` say how much is left, as OpenAI,
vLLM's gateways, Groq and OpenRouter write them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

__all__ = ["refill_wait", "retry_after"]

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, or None where the headers don't say.

    A date is relative to the reply's own ``Date``: this machine's clock may be wrong, or jump.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    until, now = _date(text), _date(headers.get("date"))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def refill_wait(headers: Mapping[str, str], tokens: int) -> float:
    """Seconds until the endpoint takes one more request of so many tokens; 0: at once.

    ``reset`` is the time until all of ``limit`` is there again; what one request needs is there
    after its share of that time.
    """
    return max(_refill(headers, "requests", 1), _refill(headers, "tokens", tokens))


def _refill(headers: Mapping[str, str], what: str, needed: int) -> float:
    remaining = _number(headers.get(f"x-ratelimit-remaining-{what}"))
    reset = _duration(headers.get(f"x-ratelimit-reset-{what}"))
    if remaining is None or reset is None or remaining >= needed:
        return 0.0
    limit = _number(headers.get(f"x-ratelimit-limit-{what}"))
    if limit is None or limit <= remaining:
        return reset
    return reset * min((needed - remaining) / (limit - remaining), 1.0)


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


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
