"""Where columns lie, read without Arrow: the same as Arrow says of a good file, and never a crash."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.submission.bundle.parquet_files import response, table_bytes
from warmbench.run.folder import RESPONSE_SCHEMA
from warmbench.submission.bundle.compact_thrift import CompactThrift, MalformedThrift
from warmbench.submission.bundle.parquet_footer import ColumnChunk, column_chunks
from warmbench.submission.bundle.read_table import read_table
from warmbench.submission.bundle.refused_bundle import RefusedBundle

TABLE = pa.Table.from_pylist(
    [response(response=f"It is {n}.", key=str(n)) for n in range(40)], schema=RESPONSE_SCHEMA
)
CODECS = {"UNCOMPRESSED": 0, "SNAPPY": 1, "GZIP": 2, "BROTLI": 4, "ZSTD": 6}


def footer_of(content: bytes) -> bytes:
    return content[-8 - int.from_bytes(content[-8:-4], "little") : -8]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "none", "use_dictionary": False},
        {"compression": "gzip", "row_group_size": 2},
        {"compression": "brotli", "write_statistics": False},
        {"compression": "zstd", "write_page_index": True, "data_page_version": "2.0"},
    ],
    ids=str,
)
def test_it_says_what_arrow_says(options: dict[str, Any]) -> None:
    content = table_bytes(TABLE, **options)
    metadata = pq.ParquetFile(io.BytesIO(content)).metadata
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    assert column_chunks(footer_of(content)) == [
        [
            ColumnChunk(
                codec=CODECS[chunk.compression],
                values=chunk.num_values,
                start=chunk.dictionary_page_offset or chunk.data_page_offset,
                size=chunk.total_compressed_size,
            )
            for chunk in map(group.column, range(metadata.num_columns))
        ]
        for group in groups
    ]


def test_a_footer_that_ends_arrow_is_read_or_refused() -> None:
    """One level more in a histogram than there are levels: Arrow 26.0.1 aborts when it is asked
    for the column."""
    content = table_bytes(TABLE)
    size = len(footer_of(content))
    for at in range(len(content) - 8 - size, len(content) - 8):
        for byte in (0x26, content[at] ^ 0x10, content[at] ^ 0x01, 0x00, 0xFF):
            changed = content[:at] + bytes([byte]) + content[at + 1 :]
            with suppress(RefusedBundle):
                assert len(read_table(changed, "x", RESPONSE_SCHEMA)) == len(TABLE)


@settings(max_examples=300)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_footer_or_malformed(content: bytes) -> None:
    try:
        column_chunks(content)
    except MalformedThrift as error:
        assert str(error)  # noqa: PT017 - both ways are right


TWICE = [b"\x15\x02\x05\x02\x04\x00", b"\x15\x02\x06\x02\x04\x00", b"\x11\x02\x02\x00"]


@pytest.mark.parametrize("content", TWICE)
def test_a_field_that_stands_twice_is_malformed(content: bytes) -> None:
    """By its number written out, under another kind, as a truth value."""
    with pytest.raises(MalformedThrift, match="twice"):
        CompactThrift(content, 0, len(content)).struct()
