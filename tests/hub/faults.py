"""Failures on order: which request fails, how, and whether its work is done first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from threading import Lock
from typing import Literal

__all__ = ["Fault", "Faults", "Kind", "Request"]


class Kind(StrEnum):
    """How a request fails."""

    UNAVAILABLE = "503"
    TOO_MANY = "429"
    BROKEN = "500"
    RESET = "reset"  # the connection is torn down
    HANG = "hang"  # no answer until the client gives up or the server closes
    LOST_REPLY = "lost reply"  # the work is done, then the connection ends without an answer


@dataclass(frozen=True)
class Fault:
    """One failure.

    ``at`` is the request's place in ``hub.requests`` or "METHOD glob" over the raw path with its
    query, as in ``"POST */commit/*"``. ``when`` says whether the failure comes before the work or
    after it; a lost reply always comes after.
    """

    kind: Kind
    at: int | str
    when: Literal["before", "after"] = "before"
    times: int = 1

    @property
    def after_the_work(self) -> bool:
        return self.when == "after" or self.kind is Kind.LOST_REPLY


@dataclass
class Request:
    """One request as the server saw it; ``status`` and ``fault`` are set when it is answered.

    >>> Request(3, "POST", "/api/datasets/ann/d/commit/main", 200)
    """

    number: int
    method: str
    path: str
    status: int | None = None
    fault: Kind | None = None

    def matches(self, at: int | str) -> bool:
        if isinstance(at, int):
            return self.number == at
        method, _, pattern = at.partition(" ")
        return self.method == method and fnmatchcase(self.path, pattern)


class Faults:
    """The failures still to come, and the requests that came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[list[Fault]] = []
        self._requests: list[Request] = []

    def add(
        self,
        kind: Kind | str,
        at: int | str,
        when: Literal["before", "after"] = "before",
        times: int = 1,
    ) -> None:
        """Order a failure for the next ``times`` requests that match."""
        fault = Fault(Kind(kind), at, when, times)
        with self._lock:
            self._waiting.append([fault] * times)

    @property
    def pending(self) -> tuple[Fault, ...]:
        """Failures that no request has met yet, one for each time: empty when all have struck."""
        with self._lock:
            return tuple(fault for faults in self._waiting for fault in faults)

    @property
    def requests(self) -> tuple[Request, ...]:
        with self._lock:
            return tuple(self._requests)

    def forget(self) -> None:
        """Drop what came and what was to come: the next request is number 0."""
        with self._lock:
            self._requests.clear()
            self._waiting.clear()

    def meet(self, method: str, path: str) -> tuple[Request, Fault | None]:
        """Note a request that arrived; the first failure that is meant for it strikes."""
        with self._lock:
            request = Request(len(self._requests), method, path)
            self._requests.append(request)
            for faults in self._waiting:
                if faults and request.matches(faults[0].at):
                    request.fault = faults[0].kind
                    return request, faults.pop()
            return request, None
