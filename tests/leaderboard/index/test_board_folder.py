"""A board on disk: read whole, its entries' pages by their ids alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench.errors import DataError, UsageError
from warmbench_leaderboard.index.board_folder import BoardFolder, details_path, write_board


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    board = synthetic_board(12, seed=0)
    write_board(tmp_path, board)
    for entry in board.entries:
        path = details_path(tmp_path, entry.entry_id)
        path.parent.mkdir(parents=True)
        path.write_text(synthetic_details(entry).model_dump_json())
    return tmp_path


def test_what_was_written_is_read(folder: Path) -> None:
    source = BoardFolder(folder)
    assert source.board() == synthetic_board(12, seed=0)
    assert source.board() is source.board()
    assert source.notice() is None
    for entry in source.board().entries:
        assert source.details(entry.entry_id) == synthetic_details(entry)


@pytest.mark.parametrize(
    "entry_id", ["none/warm", "../../../etc/passwd", "/etc/passwd", "", "a\x00b", "x" * 10**5]
)
def test_only_entries_of_the_board_have_a_page(folder: Path, entry_id: str) -> None:
    with pytest.raises(UsageError, match="no such entry") as caught:
        BoardFolder(folder).details(entry_id)
    assert len(str(caught.value)) < 300


def large(path: Path) -> None:
    path.write_text(" " * (16 * 2**20 + 1))


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_text("{"), "not an entry's details"),
    (lambda path: path.unlink(), "can't be read"),
    (large, "over 16,777,216 bytes"),
]


@pytest.mark.parametrize(("damage", "expected"), DAMAGES)
def test_a_damaged_page_is_a_sentence(
    folder: Path, damage: Callable[[Path], object], expected: str
) -> None:
    source = BoardFolder(folder)
    entry_id = source.board().entries[0].entry_id
    damage(details_path(folder, entry_id))
    with pytest.raises(DataError, match=expected):
        source.details(entry_id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{", "not a board"), ('{"board_version": "2"}', "not a board"), (None, "can't be read")],
)
def test_no_board_is_a_sentence(tmp_path: Path, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / "board.json").write_text(text)
    with pytest.raises(DataError, match=expected):
        BoardFolder(tmp_path)
