"""The CSV: nothing in it runs in a spreadsheet, and numbers are numbers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leaderboard.synthetic import synthetic_board
from warmbench_leaderboard.site.api import CSV_COLUMNS, csv_table

BOARD = synthetic_board(40, seed=1)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_entry_has_a_row_with_its_numbers() -> None:
    rows = read(csv_table(BOARD.entries))
    assert [row["entry_id"] for row in rows] == [e.entry_id for e in BOARD.entries]
    assert [float(row["loss"]) for row in rows] == [e.headline.loss.value for e in BOARD.entries]
    assert list(rows[0]) == list(CSV_COLUMNS)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 name", "'+49 name"),
        ("-model", "'-model"),
        ("@model", "'@model"),
        (" =1", "' =1"),
        ("Llama, 8B", "Llama, 8B"),
        ('a "b"', 'a "b"'),
        ("a\u202eb", "a⟨U+202E⟩b"),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_held_back(name: str, cell: str) -> None:
    entry = BOARD.entries[0].model_copy(update={"model": name})
    assert read(csv_table([entry]))[0]["model"] == cell


@given(st.text(min_size=1, max_size=60))
def test_no_text_begins_as_a_formula(name: str) -> None:
    entry = BOARD.entries[0].model_copy(update={"model": name, "submitter": name})
    row = read(csv_table([entry]))[0]
    assert not row["model"].lstrip().startswith(("=", "+", "-", "@"))
    assert not row["submitter"].lstrip().startswith(("=", "+", "-", "@"))
