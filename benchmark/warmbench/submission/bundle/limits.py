"""How large a bundle may be. All of it is checked before anything is parsed."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "Limits"]

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes.

    The largest release with three arms, 300 tokens an answer, is some 150,000 answers and as many
    verdicts, 100 MB of text, 35 MB as parquet; ``rows`` leaves room for a second epoch.

    ``rows`` and ``text_bytes`` are of all tables together: texts as they lie in memory, each once.
    By its length, wherever it stands, all text of one table is held to ``text_bytes`` too.
    ``longest_text`` is of one text, ``json_depth`` how deep lists and objects may lie in each
    other, ``digits`` how many a whole number may have; ``page_bytes``, ``footer_bytes`` and
    ``row_groups`` are of one parquet file.

    A process that reads 570,000 rows and 86 MB of text takes 410 MB, 140 of them before it begins.
    """

    zip_bytes: int = 48 * _MIB
    unpacked_bytes: int = 48 * _MIB
    json_bytes: int = 4 * _MIB
    submission_bytes: int = _MIB // 4
    json_depth: int = 32
    digits: int = 18
    rows: int = 600_000
    text_bytes: int = 160 * _MIB
    longest_text: int = 40_000
    page_bytes: int = 128 * _MIB
    footer_bytes: int = _MIB
    row_groups: int = 200


LIMITS = Limits()
