"""What is worked out once for a board, and not again for every reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from warmbench_leaderboard.index.board import Board

__all__ = ["once_a_board"]

_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")


def once_a_board(
    function: Callable[Concatenate[Board, _Asked], _Found],
) -> Callable[Concatenate[Board, _Asked], _Found]:
    """``function``, remembering what it gave for the last board. A source gives the same object
    until the board changes, so identity tells boards apart. What is asked beside the board must be
    hashable and one of few: nothing is forgotten while the board stays."""
    last: list[tuple[Board, dict[object, _Found]]] = []

    @wraps(function)
    def remembered(board: Board, /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Found:
        known = next((found for of, found in tuple(last) if of is board), None)
        if known is None:
            known = {}
            last[:] = [(board, known)]
        asked = (args, tuple(sorted(kwargs.items())))
        if asked not in known:
            known[asked] = function(board, *args, **kwargs)
        return known[asked]

    return remembered
