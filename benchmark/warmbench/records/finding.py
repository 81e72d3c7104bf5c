"""A finding: one thing that differs from what is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Finding", "Verification"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` is for programs, ``where`` a file, split or row, ``text`` the sentence."""

    code: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what was found wrong. ``files`` and ``rows`` are counts;
    ``fingerprint`` is the one recomputed from the rows (None where they can't be read)."""

    target: str
    name: str
    version: str
    fingerprint: str | None
    files: int
    rows: int
    withheld: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return not self.findings

    def to_json(self) -> Mapping[str, Any]:
        """All of it, for other programs."""
        return {"sound": self.is_sound, **asdict(self)}
