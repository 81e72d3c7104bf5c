"""The ranking of one major version of the release.

Published entries appear in every version, so their rank depends on the version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from warmbench_leaderboard.index.board import Board, Entry
from warmbench_leaderboard.index.ranking import entries_of_major, majors_of

__all__ = [
    "VersionRanking",
    "board_majors",
    "cached_per_board",
    "entry_ranking",
    "version_ranking",
]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def cached_per_board(
    function: Callable[Concatenate[Board, _Arguments], _Result],
) -> Callable[Concatenate[Board, _Arguments], _Result]:
    """Cache the results of ``function`` for the current board.

    A source returns the same ``Board`` object until the board changes, so identity is the key
    (hashing a board would cost more than most of what is cached). The other arguments must be
    hashable and take few values: nothing is evicted while the board stays.
    """
    current: list[tuple[Board, dict[object, _Result]]] = []

    @wraps(function)
    def cached(board: Board, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        results = next((found for of, found in tuple(current) if of is board), None)
        if results is None:
            results = {}
            current[:] = [(board, results)]
        key = (args, tuple(sorted(kwargs.items())))
        if key not in results:
            results[key] = function(board, *args, **kwargs)
        return results[key]

    return cached


@dataclass(frozen=True, slots=True)
class VersionRanking:
    """The entries of a major version, with their ranks there, best first.

    ``major``: None on a board with published entries only. ``is_newest``: the default version.
    ``judges``: of the entries, by name.
    """

    major: int | None
    is_newest: bool
    entries: tuple[Entry, ...]
    judges: tuple[str, ...]

    @property
    def query_major(self) -> int | None:
        """The ``major`` that an address needs for this ranking: None for the newest."""
        return None if self.is_newest else self.major


def version_ranking(board: Board, major: int | None) -> VersionRanking:
    """The ranking of a major version, or of the newest where there is no such version."""
    majors = board_majors(board)
    return _ranking(board, major if major in majors else next(iter(majors), None))


def entry_ranking(board: Board, entry_id: str, major: int | None) -> tuple[VersionRanking, Entry]:
    """An entry in the ranking of its own version; a published entry in that of ``major``.

    ``UsageError`` where the board has no such entry.
    """
    entry = board.entry(entry_id)
    if entry.major is not None:
        return version_ranking(board, entry.major), entry
    ranking = version_ranking(board, major)
    return ranking, next(each for each in ranking.entries if each.entry_id == entry_id)


@cached_per_board
def board_majors(board: Board) -> tuple[int, ...]:
    """The major versions of the release selector, newest first."""
    return tuple(majors_of(board.entries))


@cached_per_board
def _ranking(board: Board, major: int | None) -> VersionRanking:
    is_newest = major is None or major == board_majors(board)[0]
    if is_newest:  # the board holds its ranks
        entries = tuple(entry for entry in board.entries if entry.major in (None, major))
    else:
        entries = entries_of_major(board.entries, major)
    judges = sorted({entry.judge for entry in entries}, key=str.casefold)
    return VersionRanking(major, is_newest, entries, tuple(judges))
