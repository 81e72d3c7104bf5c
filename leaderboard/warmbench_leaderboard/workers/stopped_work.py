"""A request that came to no end: why, for programs and for people."""

from __future__ import annotations

from warmbench.errors import RunError
from warmbench.submission.bundle.rejection_code import RejectionCode

__all__ = ["Cancelled", "StoppedWork"]


class StoppedWork(RunError):
    """The process took too long, died, or said what it should not; it is gone."""

    def __init__(self, code: RejectionCode, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @classmethod
    def unreadable(cls) -> StoppedWork:
        """Of a process that said what it should not."""
        return cls(RejectionCode.NOT_CHECKABLE, "the check said what can't be read")


class Cancelled(RunError):
    """Whoever asked does not want the answer any more."""
