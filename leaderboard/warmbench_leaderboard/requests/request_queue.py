"""The queue: who asks goes to its end, maintainers take from its front.

Every change is made on what was read, and made again on what is new when somebody else was
faster: two never take the same request, and nothing is queued twice.
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
from warmbench_leaderboard.requests.run_request import OPEN_STATES, RunRequest, State

__all__ = ["RequestQueue", "find_request"]

_MOST_TRIES = 30
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 5.0

_NEXT = {
    State.WAITING: (State.TAKEN, State.REFUSED),
    State.TAKEN: (State.WAITING, State.RUNNING, State.DONE, State.REFUSED),
    State.RUNNING: (State.WAITING, State.DONE, State.REFUSED),
    State.DONE: (),
    State.REFUSED: (),
}

_TITLES = {
    State.WAITING: "Give back",
    State.TAKEN: "Take",
    State.RUNNING: "Run",
    State.DONE: "Finish",
    State.REFUSED: "Refuse",
}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class RequestQueue:
    """Requests in a store. ``now`` is the time of a change, ``wait`` lets seconds pass."""

    store: RequestStore
    now: Callable[[], datetime] = _now
    wait: Callable[[float], object] = time.sleep

    def read(self) -> Snapshot:
        return self.store.read()

    def add(self, request: RunRequest, check: Callable[[Sequence[RunRequest]], None]) -> RunRequest:
        """Put a request at the end. ``check`` sees all there are, and raises where it must not."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest:
            check(requests)
            return request

        self._change(decide, "Ask for")
        return request

    def take(self, who: str) -> RunRequest | None:
        """The oldest that waits is now ``who``'s; None where none waits."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest | None:
            waiting = next((r for r in requests if r.state is State.WAITING), None)
            return None if waiting is None else self._moved(waiting, State.TAKEN, who, "")

        return self._change(decide, "Take")

    def move(self, request_id: str, state: State, who: str, note: str = "") -> RunRequest:
        """One request a step further. Raises ``UsageError`` where there is no such step."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest:
            return self._moved(find_request(requests, request_id), state, who, note)

        moved = self._change(decide, _TITLES[state])
        assert moved is not None
        return moved

    def run(self, request_id: str, who: str) -> RunRequest:
        """A request that ``who`` took is running; nothing changes where it is already. Raises
        ``UsageError`` where it waits, has ended, or is somebody else's."""

        def decide(requests: Sequence[RunRequest]) -> RunRequest | None:
            request = find_request(requests, request_id)
            if request.state in (State.TAKEN, State.RUNNING) and request.last.who != who:
                raise UsageError(
                    f"{request_id}: is {request.state} by {request.last.who}, not by {who} (--as); "
                    "they can give it back with `warmbench requests return`"
                )
            if request.state is State.RUNNING:
                return None
            return self._moved(request, State.RUNNING, who, "")

        return self._change(decide, _TITLES[State.RUNNING]) or self.find(request_id)

    def find(self, request_id: str) -> RunRequest:
        """Raises ``UsageError`` where there is none of that id."""
        return find_request(self.read().requests, request_id)

    def _change(
        self, decide: Callable[[Sequence[RunRequest]], RunRequest | None], title: str
    ) -> RunRequest | None:
        """Write what ``decide`` makes of the requests; None: nothing is to be changed."""
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
            f"{self.store.place}: others changed it {_MOST_TRIES} times meanwhile; try again"
        )

    def _moved(self, request: RunRequest, state: State, who: str, note: str) -> RunRequest:
        if state not in _NEXT[request.state]:
            raise UsageError(_no_step(request, state))
        try:
            return request.moved(state, who, self.now(), note)
        except ValidationError as error:
            raise UsageError(f"{request.request_id}: {first_problem(error)}") from None


def find_request(requests: Sequence[RunRequest], request_id: str) -> RunRequest:
    """Raises ``UsageError`` where there is none of that id."""
    for request in requests:
        if request.request_id == request_id:
            return request
    unfinished = [request.request_id for request in requests if request.state in OPEN_STATES]
    raise UsageError(f"{request_id}: no such request; open are {', '.join(unfinished) or 'none'}")


def _no_step(request: RunRequest, state: State) -> str:
    steps = ", ".join(_NEXT[request.state]) or "nothing"
    return (
        f"{request.request_id}: is {request.state}, and can't become {state}; accepted is {steps}"
    )
