"""The service behind the submit form: verifies bundles in workers, and submits them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from warmbench.errors import UsageError

if TYPE_CHECKING:
    from warmbench.submission.bundle.read_bundle import Bundle
    from warmbench.submission.verification.bundle_verification import BundleVerification, Step
    from warmbench_leaderboard.services.protocols import BoardSource
    from warmbench_leaderboard.workers.worker import WorkLimits

__all__ = ["BundleService"]

_CONCURRENCY = 2
"""Bundles that are verified at the same time: each may use all that its limits allow."""


@dataclass(frozen=True)
class BundleService:
    """A ``SubmissionService``.

    ``submit`` returns the address of a submitted bundle; None on a board without submissions, which
    only verifies. ``release``: as for ``verify_bundle``; ``limits``: of each verification, None for
    the default.
    """

    source: BoardSource
    target: str
    submit: Callable[[Bundle], str] | None
    release: Path | None = None
    limits: WorkLimits | None = None
    _slots: BoundedSemaphore = field(
        default_factory=lambda: BoundedSemaphore(_CONCURRENCY),
        init=False,
        repr=False,
        compare=False,
    )

    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        """Recompute everything. A model's name must not imitate one on the board."""
        from warmbench_leaderboard.workers.bundle_verifier import (
            VERIFY_COMMAND,
            VERIFY_LIMITS,
            verify_in_worker,
        )
        from warmbench_leaderboard.workers.worker import Worker

        known = {entry.model for entry in self.source.board().entries}
        limits = self.limits or VERIFY_LIMITS
        if not self._slots.acquire(blocking=False):
            on_wait()
            self._slots.acquire()
        try:
            with Worker(VERIFY_COMMAND, limits) as worker:
                return verify_in_worker(
                    worker, path, release=self.release, known=known, on_step=on_step
                )
        finally:
            self._slots.release()

    def open_pull_request(self, path: Path) -> str:
        """Submit a verified bundle; the same bundle twice has the same address."""
        from warmbench.submission.bundle.read_bundle import read_bundle
        from warmbench.submission.bundle.rejection import RefusedBundle

        if self.submit is None:
            raise UsageError(
                "This board has no submissions. Start it with --submissions FOLDER or ORG/NAME, "
                "or use warmbench submit."
            )
        try:
            bundle = read_bundle(path)
        except RefusedBundle as error:
            raise UsageError(f"{error.where}: {error.text}") from None
        return self.submit(bundle)
