"""A built board on disk: ``board.json`` and ``details/<entry_id>.json``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from warmbench.errors import DataError, UsageError, first_problem
from warmbench_leaderboard.index.board import Board, Details

__all__ = ["BoardFolder", "board_path", "details_path", "seed_path", "write_board"]

_CACHED_DETAILS = 64

_LARGEST_DETAILS = 16 * 2**20


def board_path(folder: Path) -> Path:
    """The path of the board."""
    return folder / "board.json"


def details_path(folder: Path, entry_id: str) -> Path:
    """The path of an entry's details; ``entry_id`` must be that of an ``Entry``."""
    return folder / "details" / f"{entry_id}.json"


def seed_path() -> Path:
    """The board that ships in the package: the published studies and the reference model."""
    return Path(__file__).parent.parent / "seed"


def write_board(folder: Path, board: Board) -> None:
    """Write ``board.json`` into a folder that is being built."""
    text = board.model_dump_json() + "\n"
    board_path(folder).write_text(text, encoding="utf-8", newline="\n")


class BoardFolder:
    """A ``BoardSource`` that reads a built board.

    Raises ``DataError`` where the folder holds no board.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._board = _read_board(folder)
        self._ids = frozenset(entry.entry_id for entry in self._board.entries)
        self._cached_details = lru_cache(maxsize=_CACHED_DETAILS)(self._read_details)

    def board(self) -> Board:
        """The board, always the same object."""
        return self._board

    def details(self, entry_id: str) -> Details:
        """The details of an entry. ``UsageError`` where the board has no such entry, ``DataError``
        where its file is damaged."""
        if entry_id not in self._ids:
            raise UsageError(f"{entry_id[:200]}: no such entry on the board")
        return self._cached_details(entry_id)

    def notice(self) -> str | None:
        """Nothing: it is not expected to change."""
        return None

    def _read_details(self, entry_id: str) -> Details:
        path = details_path(self.folder, entry_id)
        try:
            with path.open("rb") as file:
                content = file.read(_LARGEST_DETAILS + 1)
            if len(content) > _LARGEST_DETAILS:
                raise DataError(f"{path}: over {_LARGEST_DETAILS:,} bytes")
            return Details.model_validate_json(content)
        except OSError as error:
            raise DataError(f"{path}: can't be read ({error.strerror or error})") from None
        except ValidationError as error:
            raise DataError(f"{path}: not an entry's details ({first_problem(error)})") from None


def _read_board(folder: Path) -> Board:
    path = board_path(folder)
    try:
        return Board.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror or error})") from None
    except ValidationError as error:
        raise DataError(f"{path}: not a board ({first_problem(error)})") from None
