"""What a judge's reply says: one of three lines, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from warmbench.judging.llm.visible import visible
from warmbench.judging.verdict import Verdict

__all__ = ["Reply"]

_LINE = re.compile(r"VERDICT: (CORRECT|INCORRECT|REFUSED)")
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Reply:
    """A judge's raw reply, and why it ended."""

    text: str
    finish_reason: str

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, or None where the reply is anything but the one line asked for.

        A reply that was cut (``length``) is not read: nobody knows what would have followed.
        """
        match = _LINE.fullmatch(self.text.strip(" \t\r\n"))
        if match is None or self.finish_reason == "length":
            return None
        return Verdict(match[1].lower())

    @property
    def shown(self) -> str:
        """The reply in one line of at most 120 characters."""
        line = " ".join(visible(self.text).split())
        return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
