"""Where the pages get the board from: a file that ships, or an index that is kept fresh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from warmbench.errors import UsageError
from warmbench_leaderboard.index.board import Board, Details, Entry

__all__ = ["BoardSource", "FixedSource", "entry_of"]


class BoardSource(Protocol):
    """What the pages ask for, each time anew: the board may be swapped between two requests."""

    def board(self) -> Board:
        """The last good board. While nothing changed it is the same object: caches rely on it."""
        ...

    def details(self, entry_id: str) -> Details:
        """What the entry's own page shows; ``UsageError`` where there is no such entry."""
        ...

    def age(self) -> str | None:
        """A sentence that says how old the board is where it can't be renewed, else None."""
        ...


@dataclass(frozen=True)
class FixedSource:
    """A board in memory that never changes. ``sentence`` is what ``age`` says."""

    fixed: Board
    kept: Mapping[str, Details] = field(default_factory=dict)
    sentence: str | None = None

    def board(self) -> Board:
        return self.fixed

    def details(self, entry_id: str) -> Details:
        if entry_id not in self.kept:
            raise UsageError(f"{entry_id}: there is no such entry on the board")
        return self.kept[entry_id]

    def age(self) -> str | None:
        return self.sentence


def entry_of(board: Board, entry_id: str) -> Entry:
    """The entry of that id; ``UsageError`` where the board has none."""
    for entry in board.entries:
        if entry.entry_id == entry_id:
            return entry
    raise UsageError(f"{entry_id}: there is no such entry on the board")
