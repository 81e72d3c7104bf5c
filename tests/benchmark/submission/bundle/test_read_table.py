"""Parquet that nobody vouches for: read as it is, or refused before it takes room."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pyarrow as pa
import pytest

from tests.benchmark.submission.bundle.parquet_files import (
    parquet_bytes,
    response,
    table_bytes,
    with_footer_field,
)
from warmbench.run.folder import RESPONSE_SCHEMA
from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.read_table import read_table
from warmbench.submission.bundle.refused_bundle import RefusedBundle
from warmbench.submission.bundle.table_room import TableRoom

NAME = "responses.parquet"
ROWS = [response(item_id=f"q{n}/plain/none", response=f"It is {n}.") for n in range(300)]
TABLE = pa.Table.from_pylist(ROWS, schema=RESPONSE_SCHEMA)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "zstd", "compression_level": 9},
        {"compression": "gzip"},
        {"compression": "none", "use_dictionary": False},
        {"data_page_version": "2.0"},
        {"row_group_size": 7},
        {"store_schema": False},
        {"version": "1.0"},
    ],
    ids=str,
)
def test_what_common_writers_write_is_read(options: dict[str, object]) -> None:
    assert read_table(table_bytes(TABLE, **options), NAME, RESPONSE_SCHEMA) == ROWS


def test_tokens_may_be_unknown() -> None:
    rows = [response(prompt_tokens=None, completion_tokens=None)]
    assert read_table(parquet_bytes(rows), NAME, RESPONSE_SCHEMA) == rows


def test_long_strings_of_other_writers_are_strings() -> None:
    long = TABLE.cast(pa.schema([(f.name, pa.large_string() if f.type == pa.string() else f.type)
                                 for f in RESPONSE_SCHEMA]))  # fmt: skip
    assert read_table(table_bytes(long), NAME, RESPONSE_SCHEMA) == ROWS


def _more_columns() -> bytes:
    return table_bytes(TABLE.append_column("note", pa.array(["x"] * len(ROWS))))


def _nested() -> bytes:
    nested = pa.array([[{"a": 1}]] * len(ROWS))
    return table_bytes(TABLE.set_column(3, "response", nested))


def _extension() -> bytes:
    column = pa.ExtensionArray.from_storage(
        pa.uuid(), pa.array([b"0" * 16] * len(ROWS), pa.binary(16))
    )
    return table_bytes(TABLE.set_column(3, "response", column))


def _bomb() -> bytes:
    """Six hundred megabytes of text in a few kilobytes, by a dictionary of one entry."""
    count = 20_000
    rows = pa.Table.from_pylist([response()] * count, schema=RESPONSE_SCHEMA)
    text = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), ["x" * 30_000])
    return table_bytes(rows.set_column(3, "response", text), store_schema=False)


def _categories() -> bytes:
    """A column that whoever reads it would keep as a dictionary that grows from batch to batch."""
    text = TABLE.column("response").dictionary_encode()
    return table_bytes(TABLE.set_column(3, "response", text))


def _late_bomb(codec: str) -> bytes:
    """One long text of a dictionary, in a page that no row comes to before the last."""
    rows = [response(response="short")] * 5_000 + [response(response="x" * 50_000)]
    table = pa.Table.from_pylist(rows, schema=RESPONSE_SCHEMA)
    return table_bytes(table, compression=codec, data_page_size=1_000)


def _lying_footer() -> bytes:
    return with_footer_field(table_bytes(TABLE), len(ROWS), len(ROWS) + 1)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "bad-parquet"),
    "text": (lambda: b"item_id,arm\n" * 9, "bad-parquet"),
    "only the marks": (lambda: b"PAR1" + b"\0" * 8 + b"PAR1", "bad-parquet"),
    "a footer of 4 GB": (lambda: b"PAR1" + b"\0" * 99 + b"\xff\xff\xff\xff" + b"PAR1", "bad-parquet"),
    "half of it": (lambda: table_bytes(TABLE)[:2000] + table_bytes(TABLE)[-8:], "bad-parquet"),
    "other columns": (_more_columns, "bad-columns"),
    "fewer columns": (lambda: table_bytes(TABLE.drop_columns(["key"])), "bad-columns"),
    "columns in other order": (lambda: table_bytes(TABLE.select(RESPONSE_SCHEMA.names[::-1])), "bad-columns"),
    "epochs as text": (lambda: table_bytes(TABLE.set_column(2, "epoch", pa.array(["0"] * len(ROWS)))), "bad-columns"),
    "epochs as dates": (lambda: table_bytes(TABLE.set_column(2, "epoch", pa.array([0] * len(ROWS), pa.date32()))), "bad-columns"),
    "bytes for text": (lambda: table_bytes(TABLE.set_column(3, "response", pa.array([b"\xff"] * len(ROWS), pa.binary()))), "bad-columns"),
    "nested": (_nested, "bad-columns"),
    "an extension type": (_extension, "bad-columns"),
    "no arm": (lambda: parquet_bytes([response(arm=None)]), "bad-columns"),
    "no response": (lambda: parquet_bytes([response(response=None)]), "bad-columns"),
    "a dictionary bomb": (_bomb, "too-large"),
    "categories": (_categories, "bad-columns"),
    "a long text in a dictionary": (lambda: _late_bomb("none"), "too-large"),
    "a long text in a packed dictionary": (lambda: _late_bomb("zstd"), "too-large"),
    "a long text in a dictionary packed by others": (lambda: _late_bomb("gzip"), "too-large"),
    "one long text": (lambda: parquet_bytes([response(response="x" * 50_000)]), "too-large"),
    "too many row groups": (lambda: table_bytes(TABLE, row_group_size=1), "bad-parquet|too-large"),
    "a footer that lies on the rows": (_lying_footer, "bad-parquet"),
    "delta encoding": (lambda: table_bytes(TABLE, use_dictionary=False, column_encoding={"response": "DELTA_BYTE_ARRAY"}), "bad-parquet"),
    "brotli": (lambda: table_bytes(TABLE, compression="brotli"), "bad-parquet"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_refused_with_a_code(name: str) -> None:
    make, codes = REFUSED[name]
    with pytest.raises(RefusedBundle) as caught:
        read_table(make(), NAME, RESPONSE_SCHEMA)
    assert caught.value.code in codes.split("|")
    assert caught.value.where == NAME
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(rows=299), "300 rows"),
        (Limits(longest_text=9), "15 bytes in one item_id"),
        (Limits(text_bytes=1_000), "bytes of text"),
        (Limits(page_bytes=1_000), "bytes unpacked"),
    ],
)
def test_every_limit_holds(limits: Limits, found: str) -> None:
    with pytest.raises(RefusedBundle, match=found) as caught:
        read_table(table_bytes(TABLE), NAME, RESPONSE_SCHEMA, limits)
    assert caught.value.code == "too-large"


def test_pages_are_counted_as_they_unpack_not_as_they_lie() -> None:
    rows = [response(response="x" * 9_000)] * 300
    table = pa.Table.from_pylist(rows, schema=RESPONSE_SCHEMA)
    packed = table_bytes(table, compression="zstd", use_dictionary=False)
    assert len(packed) < 50_000
    with pytest.raises(RefusedBundle, match="bytes unpacked"):
        read_table(packed, NAME, RESPONSE_SCHEMA, Limits(page_bytes=2_000_000))


def test_a_page_that_lies_on_its_size_is_not_believed() -> None:
    """The header of a page says it unpacks to 2 GB; the footer says nothing of it."""
    content = table_bytes(TABLE, compression="none", use_dictionary=False)
    at = content.index(b"\x15\x00\x15") + 3  # a data page, then its unpacked size
    end = next(n for n in range(at, at + 9) if content[n] < 128) + 1
    huge = bytes([254, 255, 255, 255, 15])[-(end - at) :] if end - at < 5 else b""
    lied = content[:at] + (huge or b"\xfe\xff\xff\xff\x0f") + content[end:]
    tracemalloc.start()
    with pytest.raises(RefusedBundle):
        read_table(lied, NAME, RESPONSE_SCHEMA)
    assert tracemalloc.get_traced_memory()[1] < LIMITS.page_bytes
    tracemalloc.stop()


def test_texts_count_as_they_lie_in_memory() -> None:
    """One letter of four bytes makes every other of its text as large."""
    wide = [response(response="x" * 999 + "\U0001f600", key=str(n)) for n in range(50)]
    room = TableRoom.of(Limits(text_bytes=250_000))
    read_table(parquet_bytes(wide), NAME, RESPONSE_SCHEMA, room=room)
    assert 0 < room.text_bytes < 250_000 - 50 * 4_000
    with pytest.raises(RefusedBundle, match="room for"):
        read_table(parquet_bytes(wide), NAME, RESPONSE_SCHEMA, room=room)


def test_tables_share_the_rows_that_there_may_be() -> None:
    room = TableRoom.of(Limits(rows=500))
    read_table(table_bytes(TABLE), NAME, RESPONSE_SCHEMA, room=room)
    assert room.rows == 200
    with pytest.raises(RefusedBundle, match="300 rows"):
        read_table(table_bytes(TABLE), NAME, RESPONSE_SCHEMA, room=room)


def test_a_text_that_is_said_again_by_the_column_is_one_object() -> None:
    rows = read_table(parquet_bytes([response()] * 600), NAME, RESPONSE_SCHEMA)
    assert len({id(row["item_id"]) for row in rows}) == 1


def test_a_text_that_is_said_too_often_is_too_long() -> None:
    """Each stands in memory once, but who reads the rows comes by it every time."""
    rows = [response(arm="x" * 30_000)] * 100
    with pytest.raises(RefusedBundle, match="bytes of text"):
        read_table(parquet_bytes(rows), NAME, RESPONSE_SCHEMA, Limits(text_bytes=2_000_000))
