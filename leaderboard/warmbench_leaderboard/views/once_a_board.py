"""What is worked out once for a board, and not again for every reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from warmbench_leaderboard.board import Board

__all__ = ["once_a_board"]

_Found = TypeVar("_Found")


def once_a_board(function: Callable[[Board], _Found]) -> Callable[[Board], _Found]:
    """``function``, remembering what it gave for the last board. A source gives the same object
    until the board changes, so identity tells boards apart."""
    last: list[tuple[Board, _Found]] = []

    @wraps(function)
    def remembered(board: Board) -> _Found:
        for known, found in tuple(last):
            if known is board:
                return found
        found = function(board)
        last[:] = [(board, found)]
        return found

    return remembered
