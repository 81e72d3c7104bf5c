"""How large a bundle may be. Sizes of files are checked before anything is parsed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "Limits"]

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes.

    The largest release with three arms, 300 tokens an answer, is some 150,000 answers and as many
    verdicts: 170 MB of JSON lines, 45 MB as a zip; ``rows`` leaves room for a second epoch.

    ``rows`` and ``text_bytes`` are of all tables together: texts as they lie in memory, each once.
    ``line_bytes`` is of one row, ``longest_text`` of one text, ``json_depth`` how deep lists and
    objects may be nested, ``digits`` how many a whole number may have.

    A process that reads 570,000 rows with 86 MB of text (193 MB of JSON lines, which it keeps)
    takes 620 MB, 130 of them before it begins.
    """

    zip_bytes: int = 64 * _MIB
    unpacked_bytes: int = 256 * _MIB
    json_bytes: int = 4 * _MIB
    submission_bytes: int = _MIB // 4
    json_depth: int = 32
    digits: int = 18
    rows: int = 600_000
    line_bytes: int = _MIB // 4
    text_bytes: int = 160 * _MIB
    longest_text: int = 40_000


LIMITS = Limits()
