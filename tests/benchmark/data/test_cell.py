"""Cells of tables that somebody else wrote."""

from __future__ import annotations

import math
from typing import Any

import pytest

from warmbench.data.cell import cell_text, cell_truth, cell_whole_number
from warmbench.errors import DataError


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (math.nan, ""), ("  ", ""), (" a b ", "a b"), (1.0, "1"), (1.5, "1.5"), (3, "3")],
)
def test_text(value: Any, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("value", "truth"),
    [("true", True), ("Correct", True), (1, True), (1.0, True), (True, True), ("FALSE", False),
     ("incorrect", False), (0, False), (False, False), ("", None), (None, None), (math.nan, None)],
)  # fmt: skip
def test_truth(value: Any, truth: bool | None) -> None:
    assert cell_truth("f.csv, row 2", "correct", value) is truth


@pytest.mark.parametrize(("value", "number"), [("3", 3), (2.0, 2), ("", 0), (None, 0), (-1, -1)])
def test_whole_number(value: Any, number: int) -> None:
    assert cell_whole_number("f.csv, row 2", "epoch", value) == number


@pytest.mark.parametrize("value", ["maybe", 2, 0.5, "x" * 200])
def test_what_is_no_truth_and_no_number_is_reported(value: Any) -> None:
    with pytest.raises(DataError, match=r"f\.csv, row 2: 'ok' should be true or false, found"):
        cell_truth("f.csv, row 2", "ok", value)
    if value != 2:
        with pytest.raises(DataError, match=r"'n' should be a whole number, found .{1,84}$"):
            cell_whole_number("f.csv, row 2", "n", value)
