"""The desk behind the form: checks what is asked for, queues it, lists the queue."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from threading import Lock

from pydantic import ValidationError

from warmbench.errors import UsageError, WarmbenchError, first_problem
from warmbench_leaderboard.requests.check_request import (
    RequestLimits,
    form_problems,
    model_problems,
    queue_problems,
)
from warmbench_leaderboard.requests.model_facts import ModelFacts, Models
from warmbench_leaderboard.requests.request_queue import RequestQueue
from warmbench_leaderboard.requests.run_request import OPEN_STATES, RunRequest
from warmbench_leaderboard.services.protocols import AskedRun, QueuedRun

__all__ = ["QueueDesk"]

_ENDED_SHOWN = 20
_FRESH_S = 15.0

OnBoard = Callable[[str], Collection[str | None]]
"""Original -> the warm models that it is on the board with (lower case; None: tuned by the
recipe)."""


class QueueDesk:
    """A ``RequestDesk`` over a queue. ``clock``: monotonic seconds. Safe in several threads."""

    def __init__(
        self,
        queue: RequestQueue,
        models: Models,
        on_board: OnBoard = lambda original: (),
        limits: RequestLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._models = models
        self._on_board = on_board
        self._limits = limits or RequestLimits()
        self._clock = clock
        self._lock = Lock()
        self._listed: tuple[QueuedRun, ...] | None = None
        self._listed_at = 0.0

    def check(self, asked: AskedRun) -> Sequence[str]:
        """What speaks against it, in sentences; nothing where it can be queued. Raises
        ``WarmbenchError`` where the Hub can't be asked."""
        if problems := form_problems(asked):
            return problems
        problems = self._queue_problems(asked, self._queue.read().requests)
        for model_id, facts in self._facts(asked).items():
            problems += model_problems(model_id, facts, self._limits)
        return problems

    def queue(self, asked: AskedRun) -> QueuedRun:
        """Put it at the end of the queue. Raises ``UsageError`` with what speaks against it."""
        _refuse_for(form_problems(asked))
        found = self._facts(asked)
        for model_id, facts in found.items():
            _refuse_for(model_problems(model_id, facts, self._limits))
        request = self._request(asked, found)
        self._queue.add(request, lambda all_: _refuse_for(self._queue_problems(asked, all_)))
        with self._lock:
            self._listed = None
        return _shown(request)

    def listed(self) -> Sequence[QueuedRun]:
        """The open ones, oldest first, and the last that ended. Where the Hub is away: as it was
        seen last."""
        with self._lock:
            if self._listed is not None and self._clock() - self._listed_at < _FRESH_S:
                return self._listed
            try:
                requests = self._queue.read().requests
            except WarmbenchError:
                if self._listed is None:
                    raise
                return self._listed
            self._listed = tuple(_shown(request) for request in _of_interest(requests))
            self._listed_at = self._clock()
            return self._listed

    def _facts(self, asked: AskedRun) -> dict[str, ModelFacts | None]:
        ids = (asked.original, asked.warm) if asked.warm else (asked.original,)
        return {model_id: self._models.facts(model_id) for model_id in ids}

    def _queue_problems(self, asked: AskedRun, requests: Sequence[RunRequest]) -> list[str]:
        return queue_problems(asked, requests, self._on_board(asked.original), self._limits)

    def _request(self, asked: AskedRun, found: dict[str, ModelFacts | None]) -> RunRequest:
        original = found[asked.original]
        warm = found[asked.warm] if asked.warm else None
        assert original is not None
        try:
            return RunRequest.ask(
                original.record(),
                warm.record() if warm else None,
                asked.requester,
                asked.contact,
                self._queue.now(),
            )
        except ValidationError as error:
            raise UsageError(first_problem(error)) from None


def _refuse_for(problems: Sequence[str]) -> None:
    if problems:
        raise UsageError("; ".join(problems))


def _of_interest(requests: Sequence[RunRequest]) -> list[RunRequest]:
    ended = [request for request in requests if request.state not in OPEN_STATES]
    ended.sort(key=lambda request: request.last.when)
    return [
        *(request for request in requests if request.state in OPEN_STATES),
        *ended[-_ENDED_SHOWN:],
    ]


def _shown(request: RunRequest) -> QueuedRun:
    return QueuedRun(
        request_id=request.request_id,
        original=request.original.model_id,
        warm=request.warm.model_id if request.warm else None,
        state=request.state.value,
        since=f"{request.last.when:%Y-%m-%d}",
        note=request.last.note,
    )
