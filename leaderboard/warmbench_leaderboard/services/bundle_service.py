"""The desk behind the submit form: has a bundle verified in another process, and hands it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from warmbench.errors import UsageError
from warmbench_leaderboard.services.board_source import BoardSource
from warmbench_leaderboard.workers.limits import WorkLimits

if TYPE_CHECKING:
    from warmbench.submission.bundle.read_bundle import Bundle
    from warmbench.submission.verification.bundle_verification import BundleVerification, Step

__all__ = ["BundleDesk"]

_AT_ONCE = 2
"""So many bundles are verified at one time: each may take all that its limits allow."""


@dataclass(frozen=True)
class BundleDesk:
    """A ``SubmissionDesk``. ``hand_in`` gives the address of a bundle that it took; None on a
    board without submissions, which verifies only. ``release``: as ``verify_bundle`` takes it;
    ``limits``: of each verification, None for those of a person who waits."""

    source: BoardSource
    target: str
    hand_in: Callable[[Bundle], str] | None
    release: Path | None = None
    limits: WorkLimits | None = None
    _places: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(_AT_ONCE), init=False, repr=False, compare=False
    )

    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        """Recompute everything; the names on the board must not be imitated."""
        from warmbench_leaderboard.workers.bundle_verifier import (
            VERIFY_COMMAND,
            VERIFY_LIMITS,
            verify_in,
        )
        from warmbench_leaderboard.workers.worker import Worker

        known = {entry.model for entry in self.source.board().entries}
        if not self._places.acquire(blocking=False):
            on_wait()
            self._places.acquire()
        try:
            with Worker(VERIFY_COMMAND, self.limits or VERIFY_LIMITS) as worker:
                return verify_in(worker, path, release=self.release, known=known, on_step=on_step)
        finally:
            self._places.release()

    def open_pull_request(self, path: Path) -> str:
        """Hand in what was verified; the same bundle twice has one address."""
        from warmbench.submission.bundle.read_bundle import read_bundle
        from warmbench.submission.bundle.refused_bundle import RefusedBundle

        if self.hand_in is None:
            raise UsageError(
                "This board has no submissions to hand it in to; start it with --submissions "
                "FOLDER or ORG/NAME, or use warmbench submit."
            )
        try:
            bundle = read_bundle(path)
        except RefusedBundle as error:
            raise UsageError(f"{error.where}: {error.text}") from None
        return self.hand_in(bundle)
