"""The pages of a parquet file, read by their headers alone."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.submission.bundle.parquet_files import response, table_bytes
from warmbench.run.folder import RESPONSE_SCHEMA
from warmbench.submission.bundle.compact_thrift import MalformedThrift
from warmbench.submission.bundle.parquet_pages import longest_entry, pages_of

OPTIONS: list[dict[str, Any]] = [
    {},
    {"compression": "none"},
    {"compression": "zstd", "data_page_size": 100},
    {"use_dictionary": False, "data_page_version": "2.0"},
    {"row_group_size": 5, "write_page_checksum": True},
]


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=60),
    options=st.sampled_from(OPTIONS),
)
def test_the_headers_tell_what_the_footer_tells(texts: list[str], options: dict[str, Any]) -> None:
    """Sizes: the footer counts headers too, so it says a little more. Values: all of them."""
    table = pa.Table.from_pylist([response(response=t) for t in texts], schema=RESPONSE_SCHEMA)
    content = table_bytes(table, **options)
    metadata = pq.ParquetFile(io.BytesIO(content)).metadata
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            start = chunk.data_page_offset
            if chunk.has_dictionary_page:
                start = chunk.dictionary_page_offset
            pages = list(pages_of(content, start, chunk.total_compressed_size))
            data = pages[1:] if chunk.has_dictionary_page else pages
            assert sum(page.values for page in data) == chunk.num_values
            unpacked = sum(page.unpacked for page in pages)
            assert unpacked < chunk.total_uncompressed_size <= unpacked + 120 * len(pages)


@given(content=st.binary(max_size=300), start=st.integers(0, 50), size=st.integers(-5, 300))
def test_any_bytes_are_pages_or_malformed(content: bytes, start: int, size: int) -> None:
    try:
        assert all(page.unpacked >= 0 for page in pages_of(content, start, size))
    except MalformedThrift as error:
        assert str(error)  # noqa: PT017 - both ways are right


@pytest.mark.parametrize(
    "header",
    [b"", b"\x15", b"\x15\x00", b"\x1c" * 99, b"\x15" + b"\xff" * 20, b"\x18\xff\xff\x03", b"\x00"],
)
def test_what_is_no_header(header: bytes) -> None:
    with pytest.raises(MalformedThrift):
        list(pages_of(header + b"\x00", 0, len(header) + 1))


@given(texts=st.lists(st.binary(max_size=40), max_size=20), more=st.binary(max_size=5))
def test_the_longest_text_of_a_dictionary(texts: list[bytes], more: bytes) -> None:
    page = b"".join(len(text).to_bytes(4, "little") + text for text in texts)
    longest = max(map(len, texts), default=0)
    assert longest_entry(memoryview(page + more), len(texts)) == longest
    with pytest.raises(MalformedThrift):
        longest_entry(memoryview(page), len(texts) + 1)


@given(page=st.binary(max_size=100), count=st.integers(0, 30))
def test_any_bytes_are_a_dictionary_or_malformed(page: bytes, count: int) -> None:
    try:
        assert longest_entry(memoryview(page), count) >= 0
    except MalformedThrift as error:
        assert str(error)  # noqa: PT017 - both ways are right
