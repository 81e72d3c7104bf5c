"""The fingerprint depends on content alone."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.examples import make_items
from warmbench.data.fingerprint import row_fingerprint, rows_fingerprint
from warmbench.data.table import read_rows, write_parquet
from warmbench.records.item import ITEM_SCHEMA, Item


def test_a_known_row_has_a_known_fingerprint() -> None:
    """The literal guards against a change that would orphan every published fingerprint."""
    assert row_fingerprint({"b": ["ü", 1], "a": None}) == (
        "c05101ed3ab01a8da96f4b9162236650bf57c04e42e4095aeab10eb0673c9399"
    )


@given(st.permutations(range(6)))
def test_the_order_of_rows_and_columns_does_not_matter(order: list[int]) -> None:
    rows = [item.to_row() for item in make_items(1)][:6]
    shuffled = [dict(reversed(rows[i].items())) for i in order]
    assert rows_fingerprint(shuffled) == rows_fingerprint(rows)


def test_any_change_of_a_row_changes_it() -> None:
    rows = [item.to_row() for item in make_items(1)][:3]
    for name, value in rows[0].items():
        changed = [*value, "x"] if isinstance(value, list) else value + "x"
        assert rows_fingerprint([{**rows[0], name: changed}, *rows[1:]]) != rows_fingerprint(rows)


def test_how_parquet_is_written_does_not_matter(tmp_path: Path) -> None:
    rows = [item.to_row() for item in make_items(1)]
    write_parquet(tmp_path / "a.parquet", rows, ITEM_SCHEMA)
    table = pq.read_table(tmp_path / "a.parquet")
    pq.write_table(table, tmp_path / "b.parquet", compression="none", row_group_size=7)
    assert (tmp_path / "a.parquet").read_bytes() != (tmp_path / "b.parquet").read_bytes()
    assert rows_fingerprint(read_rows(tmp_path / "b.parquet")) == rows_fingerprint(rows)


def test_an_item_survives_its_row() -> None:
    for item in make_items(1):
        assert Item.from_row(item.to_row()) == item
