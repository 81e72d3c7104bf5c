"""The services behind the pages and forms, which know no more about them than this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from warmbench.errors import UsageError

if TYPE_CHECKING:
    from warmbench.submission.verification.bundle_verification import BundleVerification, Step
    from warmbench_leaderboard.index.board import Board, Details

__all__ = [
    "BoardSource",
    "InMemoryBoard",
    "QueuedRun",
    "RequestService",
    "RequestedRun",
    "SubmissionService",
]


class BoardSource(Protocol):
    """The current board. Ask for it each time: it may change between two requests."""

    def board(self) -> Board:
        """The last good board. It is the same object until the board changes: caches rely on it."""
        ...

    def details(self, entry_id: str) -> Details:
        """The details of an entry; ``UsageError`` where the board has no such entry."""
        ...

    def notice(self) -> str | None:
        """A sentence on how old the board is where it can't be updated, else None."""
        ...


@dataclass(frozen=True)
class InMemoryBoard:
    """A ``BoardSource`` that never changes."""

    fixed: Board
    fixed_details: Mapping[str, Details] = field(default_factory=dict)
    fixed_notice: str | None = None

    def board(self) -> Board:
        return self.fixed

    def details(self, entry_id: str) -> Details:
        if entry_id not in self.fixed_details:
            raise UsageError(f"{entry_id}: no such entry on the board")
        return self.fixed_details[entry_id]

    def notice(self) -> str | None:
        return self.fixed_notice


class SubmissionService(Protocol):
    """Verifies a bundle, and opens a pull request with a sound one."""

    @property
    def target(self) -> str:
        """Where pull requests go, as a person would write it: ``ORG/warmbench-submissions``."""
        ...

    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        """Recompute everything. ``on_step`` is called after each step, ``on_wait`` where other
        bundles come first. Never raises for what the file holds."""
        ...

    def open_pull_request(self, path: Path) -> str:
        """The address of the pull request; the same bundle twice has the same address.

        Raises ``WarmbenchError``.
        """
        ...


@dataclass(frozen=True, slots=True)
class RequestedRun:
    """A run that somebody requests. Model ids as on the Hub.

    ``warm``: a model that is warm already, None for one to be tuned from ``original`` with the
    recipe. ``contact`` is published.
    """

    original: str
    warm: str | None
    requester: str
    contact: str


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A requested run and its state. ``since``: a date; ``note``: why it was refused, or where its
    result is."""

    request_id: str
    original: str
    warm: str | None
    state: Literal["waiting", "taken", "running", "done", "refused"]
    since: str
    note: str


class RequestService(Protocol):
    """Checks requested runs, queues them, and lists the queue."""

    def check(self, run: RequestedRun) -> Sequence[str]:
        """The problems with a run, one sentence each; empty where it can be queued."""
        ...

    def queue(self, run: RequestedRun) -> QueuedRun:
        """Put it at the end of the queue. Raises ``WarmbenchError``."""
        ...

    def queued(self) -> Sequence[QueuedRun]:
        """The queue, oldest first, and the runs that ended last."""
        ...
