"""The queue: new requests go to its end, maintainers take from its front.

A change applies to what was read. If another came first, it is made again on the new state:
two maintainers never take the same request, and nothing is queued twice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from warmbench.errors import RunError, UsageError, first_problem
from warmbench_leaderboard.requests.request_store import RequestStore, Snapshot, StaleSnapshot
from warmbench_leaderboard.requests.run_request import OPEN_STATES, RequestState, RunRequest

__all__ = ["RequestQueue", "find_request"]

_MOST_TRIES = 30
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 5.0

_NEXT = {
    RequestState.WAITING: (RequestState.TAKEN, RequestState.REFUSED),
    RequestState.TAKEN: (
        RequestState.WAITING,
        RequestState.RUNNING,
        RequestState.DONE,
        RequestState.REFUSED,
    ),
    RequestState.RUNNING: (RequestState.WAITING, RequestState.DONE, RequestState.REFUSED),
    RequestState.DONE: (),
    RequestState.REFUSED: (),
}

_TITLES = {
    RequestState.WAITING: "Give back",
    RequestState.TAKEN: "Take",
    RequestState.RUNNING: "Run",
    RequestState.DONE: "Finish",
    RequestState.REFUSED: "Refuse",
}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class RequestQueue:
    """Requests in a store. ``now``: the time of a change; ``wait``: sleeps for some seconds."""

    store: RequestStore
    now: Callable[[], datetime] = _now
    wait: Callable[[float], object] = time.sleep

    def read(self) -> Snapshot:
        return self.store.read()

    def add(self, request: RunRequest, check: Callable[[Sequence[RunRequest]], None]) -> RunRequest:
        """Put a request at the end. ``check`` gets all requests, and raises to prevent it."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest:
            check(requests)
            return request

        self._change(decide, "Request")
        return request

    def take(self, who: str) -> RunRequest | None:
        """Assign the oldest waiting request to ``who``; None where none is waiting."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest | None:
            waiting = next((r for r in requests if r.state is RequestState.WAITING), None)
            return None if waiting is None else self._advanced(waiting, RequestState.TAKEN, who, "")

        return self._change(decide, "Take")

    def move(self, request_id: str, state: RequestState, who: str, note: str = "") -> RunRequest:
        """Move a request to another state. Raises ``UsageError`` where that is not allowed."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest:
            return self._advanced(find_request(requests, request_id), state, who, note)

        advanced = self._change(decide, _TITLES[state])
        assert advanced is not None
        return advanced

    def run(self, request_id: str, who: str) -> RunRequest:
        """Mark a request that ``who`` took as running; no change where it is already. Raises
        ``UsageError`` where it is waiting, has ended, or is somebody else's."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest | None:
            request = find_request(requests, request_id)
            if (
                request.state in (RequestState.TAKEN, RequestState.RUNNING)
                and request.last.who != who
            ):
                raise UsageError(
                    f"{request_id}: is {request.state} by {request.last.who}, not by {who} (--as); "
                    "they can return it with `warmbench requests return`"
                )
            if request.state is RequestState.RUNNING:
                return None
            return self._advanced(request, RequestState.RUNNING, who, "")

        return self._change(decide, _TITLES[RequestState.RUNNING]) or self.find(request_id)

    def find(self, request_id: str) -> RunRequest:
        """Raises ``UsageError`` where there is none of that id."""
        return find_request(self.read().requests, request_id)

    def _change(
        self, decide: Callable[[Sequence[RunRequest]], RunRequest | None], title: str
    ) -> RunRequest | None:
        """Write the request that ``decide`` returns; None: no change."""
        pause = _FIRST_WAIT_S
        for _ in range(_MOST_TRIES):
            snapshot = self.store.read()
            changed = decide(snapshot.requests)
            if changed is None:
                return None
            try:
                self.store.write(snapshot, changed, f"{title} {changed.request_id}")
            except StaleSnapshot:
                self.wait(pause * (0.5 + random.random()))
                pause = min(2 * pause, _LONGEST_WAIT_S)
            else:
                return changed
        raise RunError(
            f"{self.store.location}: others changed it {_MOST_TRIES} times in the meantime; "
            "try again"
        )

    def _advanced(
        self, request: RunRequest, state: RequestState, who: str, note: str
    ) -> RunRequest:
        if state not in _NEXT[request.state]:
            raise UsageError(_invalid_step(request, state))
        try:
            return request.advanced(state, who, self.now(), note)
        except ValidationError as error:
            raise UsageError(f"{request.request_id}: {first_problem(error)}") from None


def find_request(requests: Sequence[RunRequest], request_id: str) -> RunRequest:
    """Raises ``UsageError`` where there is none of that id."""
    for request in requests:
        if request.request_id == request_id:
            return request
    unfinished = [request.request_id for request in requests if request.state in OPEN_STATES]
    names = ", ".join(unfinished) or "none"
    raise UsageError(f"{request_id}: no such request; open requests: {names}")


def _invalid_step(request: RunRequest, state: RequestState) -> str:
    steps = ", ".join(_NEXT[request.state]) or "nothing"
    return f"{request.request_id}: is {request.state} and can't become {state}; accepted: {steps}"
