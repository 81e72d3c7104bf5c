"""Standings: who stands in one major version of the release, ranked among themselves.

Published entries stand in every one, so their rank depends on which is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from warmbench_leaderboard.index.board import Board, Entry
from warmbench_leaderboard.index.ranking import entries_of_major
from warmbench_leaderboard.index.ranking import majors_of as majors_among
from warmbench_leaderboard.services.board_source import entry_of
from warmbench_leaderboard.site.views.cache import once_a_board

__all__ = ["Standings", "majors_of", "standings", "standings_of"]


@dataclass(frozen=True, slots=True)
class Standings:
    """``entries``: with their ranks, in the order of the ranks. ``major``: None on a board that
    has published entries alone. ``newest``: whether it is what is shown when none is asked for.
    ``judges``: of the entries, by name."""

    major: int | None
    newest: bool
    entries: tuple[Entry, ...]
    judges: tuple[str, ...]

    @property
    def asked(self) -> int | None:
        """What an address says to get these: nothing for the newest."""
        return None if self.newest else self.major


def standings(board: Board, asked: int | None) -> Standings:
    """Those of a major version; of the newest where there is no such one."""
    majors = majors_of(board)
    return _standings(board, asked if asked in majors else next(iter(majors), None))


def standings_of(board: Board, entry_id: str, asked: int | None) -> tuple[Standings, Entry]:
    """An entry as it stands in its own major version, a published one in the version ``asked``
    for. ``UsageError`` where the board has no such entry."""
    entry = entry_of(board, entry_id)
    if entry.major is not None:
        return standings(board, entry.major), entry
    found = standings(board, asked)
    return found, next(each for each in found.entries if each.entry_id == entry_id)


@once_a_board
def majors_of(board: Board) -> tuple[int, ...]:
    """The major versions that the release selector offers, newest first."""
    return tuple(majors_among(board.entries))


@once_a_board
def _standings(board: Board, major: int | None) -> Standings:
    newest = major is None or major == majors_of(board)[0]
    if newest:  # its ranks are those that the board holds
        entries = tuple(entry for entry in board.entries if entry.major in (None, major))
    else:
        entries = entries_of_major(board.entries, major)
    judges = sorted({entry.judge for entry in entries}, key=str.casefold)
    return Standings(major, newest, entries, tuple(judges))
