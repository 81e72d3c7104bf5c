"""The desk behind the submit form: verifies a bundle here, and hands it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warmbench.errors import UsageError
from warmbench_leaderboard.source import BoardSource

if TYPE_CHECKING:
    from warmbench.bundle.read_bundle import Bundle
    from warmbench.verification.bundle_verification import BundleVerification, Step

__all__ = ["BundleDesk"]


@dataclass(frozen=True)
class BundleDesk:
    """A ``SubmissionDesk``. ``hand_in`` gives the address of a bundle that it took; None on a
    board without submissions, which verifies only. ``release``: as ``verify_bundle`` takes it."""

    source: BoardSource
    target: str
    hand_in: Callable[[Bundle], str] | None
    release: Path | None = None

    def verify(self, path: Path, on_step: Callable[[Step], None]) -> BundleVerification:
        """Recompute everything; the names on the board must not be imitated."""
        from warmbench.verification.bundle import verify_bundle

        known = {entry.model for entry in self.source.board().entries}
        return verify_bundle(path, release=self.release, known=known, on_step=on_step)

    def open_pull_request(self, path: Path) -> str:
        """Hand in what was verified; the same bundle twice has one address."""
        from warmbench.bundle.read_bundle import read_bundle
        from warmbench.bundle.refused_bundle import RefusedBundle

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
