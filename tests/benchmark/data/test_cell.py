"""What the cells of other people's tables say."""

from __future__ import annotations

from typing import Any

import pytest

from warmbench.data.cell import cell_text, cell_truth, cell_whole_number
from warmbench.errors import DataError

NAN = float("nan")

CELLS: list[tuple[Any, str, Any, Any]] = [
    (None, "", None, 0),
    (NAN, "", None, 0),
    ("", "", None, 0),
    (" ", "", None, 0),
    (True, "True", True, DataError),
    (1, "1", True, 1),
    (1.0, "1", True, 1),
    (0.0, "0", False, 0),
    (" 1 ", "1", True, 1),
    ("TRUE", "TRUE", True, DataError),
    ("Incorrect", "Incorrect", False, DataError),
    ("correct", "correct", True, DataError),
    (2, "2", DataError, 2),
    ("-3", "-3", DataError, -3),
    (0.5, "0.5", DataError, DataError),
    (float("inf"), "inf", DataError, DataError),
    ("yes", "yes", DataError, DataError),
    ("9" * 5000, "9" * 5000, DataError, DataError),
]


@pytest.mark.parametrize(("value", "text", "truth", "number"), CELLS, ids=lambda v: str(v)[:12])
def test_a_cell(value: Any, text: str, truth: Any, number: Any) -> None:
    assert cell_text(value) == text
    for read, wanted, kind in (
        (cell_truth, truth, "true or false"),
        (cell_whole_number, number, "a whole number"),
    ):
        if wanted is not DataError:
            assert read("a.csv, row 2", "human", value) == wanted
            continue
        with pytest.raises(DataError) as refused:
            read("a.csv, row 2", "human", value)
        assert str(refused.value) == (
            f"a.csv, row 2: 'human' should be {kind}, found {text[:80]!r}"
        )
