"""A fingerprint of rows that depends on their content alone, not on how they are stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["combined_fingerprint", "joined_fingerprint", "row_fingerprint", "rows_fingerprint"]

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
