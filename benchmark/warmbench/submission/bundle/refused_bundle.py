"""The error that says why a bundle can't be read: a code, a place, a sentence."""

from __future__ import annotations

from warmbench.errors import DataError
from warmbench.submission.bundle.rejection_code import RejectionCode

__all__ = ["RefusedBundle"]


class RefusedBundle(DataError):
    """``code`` is for programs, ``where`` the file (and field), ``text`` the sentence."""

    def __init__(self, code: RejectionCode, where: str, text: str) -> None:
        super().__init__(f"{where}: {text} [{code.value}]")
        self.code = code
        self.where = where
        self.text = text
