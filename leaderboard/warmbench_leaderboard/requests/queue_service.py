"""The service behind the request form: checks requested runs, queues them, lists the queue."""

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
from warmbench_leaderboard.requests.model_facts import ModelFacts, ModelLookup
from warmbench_leaderboard.requests.request_queue import RequestQueue
from warmbench_leaderboard.requests.run_request import OPEN_STATES, RunRequest
from warmbench_leaderboard.services.protocols import QueuedRun, RequestedRun

__all__ = ["QueueService"]

_ENDED_SHOWN = 20
_FRESH_S = 15.0

ModelsOnBoard = Callable[[str], Collection[str | None]]
"""Original -> its warm models on the board (lower case; None: tuned with the recipe)."""


class QueueService:
    """A ``RequestService`` over a queue. ``clock``: monotonic seconds. Thread-safe."""

    def __init__(
        self,
        queue: RequestQueue,
        models: ModelLookup,
        models_on_board: ModelsOnBoard = lambda original: (),
        limits: RequestLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._models = models
        self._on_board = models_on_board
        self._limits = limits or RequestLimits()
        self._clock = clock
        self._lock = Lock()
        self._queued: tuple[QueuedRun, ...] | None = None
        self._queued_at = 0.0

    def check(self, run: RequestedRun) -> Sequence[str]:
        """The problems with a run; empty where it can be queued. Raises ``WarmbenchError`` where
        the Hub can't be reached."""
        if problems := form_problems(run):
            return problems
        problems = self._queue_problems(run, self._queue.read().requests)
        for model_id, facts in self._facts(run).items():
            problems += model_problems(model_id, facts, self._limits)
        return problems

    def queue(self, run: RequestedRun) -> QueuedRun:
        """Put it at the end of the queue. Raises ``UsageError`` with its problems."""
        _raise_problems(form_problems(run))
        found = self._facts(run)
        for model_id, facts in found.items():
            _raise_problems(model_problems(model_id, facts, self._limits))
        request = self._request(run, found)
        self._queue.add(request, lambda all_: _raise_problems(self._queue_problems(run, all_)))
        with self._lock:
            self._queued = None
        return _queued_run(request)

    def queued(self) -> Sequence[QueuedRun]:
        """The open requests, oldest first, and the last that ended. While the Hub can't be reached:
        as last read."""
        with self._lock:
            if self._queued is not None and self._clock() - self._queued_at < _FRESH_S:
                return self._queued
            try:
                requests = self._queue.read().requests
            except WarmbenchError:
                if self._queued is None:
                    raise
                return self._queued
            self._queued = tuple(_queued_run(request) for request in _visible(requests))
            self._queued_at = self._clock()
            return self._queued

    def _facts(self, run: RequestedRun) -> dict[str, ModelFacts | None]:
        ids = (run.original, run.warm) if run.warm else (run.original,)
        return {model_id: self._models.facts(model_id) for model_id in ids}

    def _queue_problems(self, run: RequestedRun, requests: Sequence[RunRequest]) -> list[str]:
        return queue_problems(run, requests, self._on_board(run.original), self._limits)

    def _request(self, run: RequestedRun, found: dict[str, ModelFacts | None]) -> RunRequest:
        original = found[run.original]
        warm = found[run.warm] if run.warm else None
        assert original is not None
        try:
            return RunRequest.new(
                original.record(),
                warm.record() if warm else None,
                run.requester,
                run.contact,
                self._queue.now(),
            )
        except ValidationError as error:
            raise UsageError(first_problem(error)) from None


def _raise_problems(problems: Sequence[str]) -> None:
    if problems:
        raise UsageError("; ".join(problems))


def _visible(requests: Sequence[RunRequest]) -> list[RunRequest]:
    ended = [request for request in requests if request.state not in OPEN_STATES]
    ended.sort(key=lambda request: request.last.when)
    return [
        *(request for request in requests if request.state in OPEN_STATES),
        *ended[-_ENDED_SHOWN:],
    ]


def _queued_run(request: RunRequest) -> QueuedRun:
    return QueuedRun(
        request_id=request.request_id,
        original=request.original.model_id,
        warm=request.warm.model_id if request.warm else None,
        state=request.state.value,
        since=f"{request.last.when:%Y-%m-%d}",
        note=request.last.note,
    )
