"""A table of a report: rows of text, a header in front of each."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row", "Table"]


@dataclass(frozen=True, slots=True)
class Row:
    """A header and its cells."""

    header: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` names the header column and then each cell. ``note`` stands below the caption."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
