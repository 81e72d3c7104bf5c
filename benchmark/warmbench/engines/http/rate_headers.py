"""An endpoint's rate limits, as the headers of its replies state them.

``x-ratelimit-limit/remaining/reset-requests`` and ``-tokens`` say how much is left, as OpenAI,
vLLM's gateways, Groq and OpenRouter write them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["refill_wait"]

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


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
