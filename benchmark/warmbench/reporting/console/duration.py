"""How long something takes, and how fast it goes, as a person says it."""

from __future__ import annotations

__all__ = ["duration_text", "rate_text"]

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def duration_text(seconds: float) -> str:
    """The two largest units: ``42 s``, ``5 min 20 s``, ``3 h 10 min``, ``2 d``.

    >>> [duration_text(s) for s in (0.2, 42, 320, 3600, 11_430, 190_000)]
    ['0 s', '42 s', '5 min 20 s', '1 h', '3 h 10 min', '2 d 4 h']
    """
    left, parts = round(seconds), []
    for unit, size in _UNITS:
        if count := left // size:
            parts.append((unit, count))
            left -= count * size
        elif parts:
            break  # the next unit would be too fine
    return " ".join(f"{count:,} {unit}" for unit, count in parts[:2]) or "0 s"


def rate_text(per_second: float) -> str:
    """How many in the shortest unit that has at least half a one.

    >>> [rate_text(rate) for rate in (20.94, 0.4, 0.004, 0)]
    ['20.9/s', '24.0/min', '14.4/h', '0.0/h']
    """
    for unit, size in (("s", 1), ("min", 60)):
        if per_second * size >= 0.5:
            return f"{per_second * size:,.1f}/{unit}"
    return f"{per_second * 3600:,.1f}/h"
