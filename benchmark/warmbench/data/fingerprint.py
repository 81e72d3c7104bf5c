"""A fingerprint of rows that depends on their content alone, not on how they are stored.

``rows.sha256``: the fingerprint of every row of a release, so that a changed row can be named.

One line a row, as ``sha256sum`` writes them::

    1f3a...  open_triviaqa/sadness/open-triviaqa-001/sadness/none

Rows that a licence keeps out of a release stand there with the fingerprint of the whole row: who
rebuilds them can see that they are the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from warmbench.errors import DataError
from warmbench.folders import atomic_write

__all__ = [
    "ROWS_NAME",
    "SplitHashes",
    "combined_fingerprint",
    "joined_fingerprint",
    "read_row_hashes",
    "row_fingerprint",
    "row_id_of",
    "rows_fingerprint",
    "write_row_hashes",
]

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def row_fingerprint(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a row as canonical JSON: sorted keys, UTF-8, no spaces."""
    return hashlib.sha256(_CANONICAL.encode(row).encode()).hexdigest()


def rows_fingerprint(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 (hex) over the sorted fingerprints of the rows: their order does not matter."""
    return joined_fingerprint(row_fingerprint(row) for row in rows)


def joined_fingerprint(fingerprints: Iterable[str]) -> str:
    """``rows_fingerprint``, from the fingerprints of the rows."""
    return hashlib.sha256("".join(sorted(fingerprints)).encode()).hexdigest()


def combined_fingerprint(parts: Mapping[str, str]) -> str:
    """One fingerprint of several named ones, e.g. ``{"triviaqa/plain": "ab12..."}``."""
    return row_fingerprint(dict(parts))


ROWS_NAME = "rows.sha256"

_LINE = re.compile(r"([0-9a-f]{64})  ([^/\n]+/[^/\n]+)/([^\n]+)\n?")

_ROW_IDS = ("item_id", "answer_id", "conversation_id")

SplitHashes = Mapping[str, Mapping[str, str]]
"""``config/split`` -> row id -> fingerprint."""


def row_id_of(row: Mapping[str, Any]) -> str:
    """What names a row: ``item_id`` in a QA release, ``answer_id`` in its judging set,
    ``conversation_id`` in an SFT release."""
    return str(next(row[name] for name in _ROW_IDS if name in row))


def write_row_hashes(root: Path, hashes: Iterable[tuple[str, Mapping[str, str]]]) -> None:
    """Write the file: ``config/split`` and its row ids with their fingerprints, in order."""
    with atomic_write(root / ROWS_NAME) as file:
        for split, rows in hashes:
            for row_id, fingerprint in rows.items():
                file.write(f"{fingerprint}  {split}/{row_id}\n".encode())


def read_row_hashes(root: Path) -> dict[str, dict[str, str]] | None:
    """What the file says, or None where there is none; ``DataError`` for a malformed line."""
    path = root / ROWS_NAME
    if not path.is_file():
        return None
    hashes: dict[str, dict[str, str]] = {}
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            match = _LINE.fullmatch(line)
            if match is None:
                raise DataError(f"{path}, line {number}: not `<sha256>  <config>/<split>/<row id>`")
            hashes.setdefault(match[2], {})[match[3]] = match[1]
    return hashes
