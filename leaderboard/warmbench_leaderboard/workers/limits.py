"""What a process that reads strangers' files may take."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WorkLimits"]


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """Seconds a request may take, and bytes of memory of its own (data and heap: what libraries
    map of their files does not count) the process may have."""

    time_s: float
    memory_bytes: int
