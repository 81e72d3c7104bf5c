"""Desks: where a person hands something in. The pages know no more of them than this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from warmbench.submission.verification.bundle_verification import BundleVerification, Step

__all__ = ["AskedRun", "QueuedRun", "RequestDesk", "SubmissionDesk"]


class SubmissionDesk(Protocol):
    """Verifies a bundle, and opens a pull request with a sound one."""

    @property
    def target(self) -> str:
        """Where pull requests go, as a person would write it: ``ORG/warmbench-submissions``."""
        ...

    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        """Recompute everything; ``on_step`` is told of each step when it is done, ``on_wait``
        beforehand where others are to be done first. Never raises for what the file holds."""
        ...

    def open_pull_request(self, path: Path) -> str:
        """The address of the pull request. A bundle that is handed in twice has one and the same.
        Raises ``WarmbenchError`` with a sentence."""
        ...


@dataclass(frozen=True, slots=True)
class AskedRun:
    """What a person asks to be run. ``warm``: a model that is warm already, None for one that is
    to be tuned from ``original`` by the recipe. Model ids as on the Hub; ``contact`` is published.
    """

    original: str
    warm: str | None
    requester: str
    contact: str


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that was asked for, and how far it is. ``since``: a day, as text; ``note``: why it was
    refused, or where its result is."""

    request_id: str
    original: str
    warm: str | None
    state: Literal["waiting", "taken", "running", "done", "refused"]
    since: str
    note: str


class RequestDesk(Protocol):
    """Checks what is asked for, queues it, and lists the queue."""

    def check(self, asked: AskedRun) -> Sequence[str]:
        """What speaks against it, in sentences; nothing where it can be queued."""
        ...

    def queue(self, asked: AskedRun) -> QueuedRun:
        """Put it at the end of the queue. Raises ``WarmbenchError`` with a sentence."""
        ...

    def listed(self) -> Sequence[QueuedRun]:
        """The queue, oldest first, and what became of the last ones."""
        ...
