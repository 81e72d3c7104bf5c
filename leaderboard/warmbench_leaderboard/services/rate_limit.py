"""A rate limit per user."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from warmbench.errors import UsageError

__all__ = ["RateLimit", "user_of"]

_MOST_USERS = 10_000


class _GradioRequest(Protocol):
    """What ``user_of`` reads of a request to Gradio."""

    @property
    def client(self) -> Any: ...

    @property
    def username(self) -> str | None: ...


@dataclass
class RateLimit:
    """At most ``calls`` in ``seconds`` per user; the users seen least recently are forgotten.

    ``clock``: monotonic seconds. ``check`` is thread-safe.
    """

    calls: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _times: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self, user: str) -> None:
        """Count a call; ``UsageError`` with the time to wait where there were too many."""
        now = self.clock()
        with self._lock:
            times = self._times.setdefault(user, deque())
            self._times.move_to_end(user)
            while len(self._times) > _MOST_USERS:
                self._times.popitem(last=False)
            while times and times[0] <= now - self.seconds:
                times.popleft()
            if len(times) >= self.calls:
                wait = times[0] + self.seconds - now
                raise UsageError(
                    f"Rate limit reached ({self.calls} tries in {self.seconds / 60:g} minutes); "
                    f"try again in {wait / 60 + 0.5:.0f} minutes"
                )
            times.append(now)


def user_of(request: _GradioRequest) -> str:
    """The user name on the Hub, or the address that the request comes from."""
    client = request.client.host if request.client else "unknown"
    return str(request.username or client)
