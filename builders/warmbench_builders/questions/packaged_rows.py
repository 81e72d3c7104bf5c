"""Reads the JSONL tables that lie beside the code of a package."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Sequence
from importlib.resources import files
from typing import Any

from warmbench.errors import DataError

__all__ = ["json_rows", "packaged_text"]


def packaged_text(package: str, file_name: str) -> str:
    """The text of a file of ``package``; ``DataError`` where it is missing."""
    try:
        return (files(package) / file_name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(
            f"{file_name} is missing from {package}: the installation is incomplete"
        ) from error


def json_rows(
    text: str, source: str, needed: Sequence[str], allowed: Collection[str] = ()
) -> list[tuple[str, dict[str, Any]]]:
    """Each row of JSONL text with where it stands, such as ``left_out.jsonl line 3``.

    A row has every field of ``needed``, and beside these at most those of ``allowed``; else
    ``DataError`` names the line and what it holds.
    """
    rows = []
    for number, line in enumerate(io.StringIO(text), start=1):
        where = f"{source} line {number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{where} is not JSON: {error.msg} at column {error.colno}") from error
        if not isinstance(row, dict) or not set(needed) <= set(row) <= {*needed, *allowed}:
            found = ", ".join(row) if isinstance(row, dict) else type(row).__name__
            raise DataError(f"{where} holds {found}; it must hold {', '.join(needed)}")
        rows.append((where, row))
    return rows
