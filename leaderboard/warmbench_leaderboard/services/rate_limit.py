"""A rate limit: so many calls in so many seconds for each user."""

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


class _Asking(Protocol):
    """What is looked at of a request to Gradio."""

    @property
    def client(self) -> Any: ...

    @property
    def username(self) -> str | None: ...


@dataclass
class RateLimit:
    """``calls`` in ``seconds`` for each user; users are forgotten after as many others.

    ``clock``: monotonic seconds. ``check`` may be called from any thread.
    """

    calls: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _times: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self, user: str) -> None:
        """Count a call; ``UsageError`` that says when to come back where there were too many."""
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
                    f"{self.calls} tries in {self.seconds / 60:g} minutes are accepted from one "
                    f"person, and there were as many; try again in {wait / 60 + 0.5:.0f} minutes"
                )
            times.append(now)


def user_of(request: _Asking) -> str:
    """Who asks: the name that the Hub gives, or the address that the request comes from."""
    client = request.client.host if request.client else "unknown"
    return str(request.username or client)
