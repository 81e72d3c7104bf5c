"""Reads a parquet file that nobody vouches for: sizes first, then the columns, then the rows."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from typing import Any, NoReturn

import pyarrow as pa

from warmbench.submission.bundle.compact_thrift import MalformedThrift
from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.parquet_footer import ColumnChunk, column_chunks
from warmbench.submission.bundle.parquet_pages import Page, longest_entry, pages_of
from warmbench.submission.bundle.refused_bundle import RefusedBundle
from warmbench.submission.bundle.rejection_code import RejectionCode
from warmbench.submission.bundle.table_room import TableRoom

__all__ = ["NULLABLE", "read_table"]

NULLABLE = frozenset({"prompt_tokens", "completion_tokens"})
"""The columns that may hold no value."""

_CODECS = {0: None, 1: "snappy", 2: "gzip", 6: "zstd"}
_ENCODINGS = frozenset({0, 2, 3, 8})  # PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY
_BATCH = 256
"""Rows that are unpacked at a time: with the longest text in every column, some 60 MB."""
_OFTEN_NEW = frozenset({"response", "key"})
"""The columns in which hardly a text stands twice."""
_MAGIC = b"PAR1"
_TAIL = 8

Rows = list[dict[str, Any]]


def read_table(
    content: bytes,
    where: str,
    schema: pa.Schema,
    limits: Limits = LIMITS,
    room: TableRoom | None = None,
) -> Rows:
    """The rows of a parquet file with exactly the columns of ``schema``.

    ``room``: what is left for it beside the other tables, and is then less; None for all.

    Raises ``RefusedBundle`` for what is damaged, too large (by its footer, by its pages, or by
    the rows themselves), otherwise encoded than columns of text and numbers are, or has other
    columns, and for a missing value (but in ``NULLABLE``).
    """
    import pyarrow.parquet as pq

    left = room or TableRoom.of(limits)
    _check_frame(content, where, limits)
    try:
        file = pq.ParquetFile(
            pa.BufferReader(content),
            thrift_string_size_limit=limits.footer_bytes,
            thrift_container_size_limit=limits.row_groups,
        )
        _check_columns(file, where, schema)
        _check_footer(file.metadata, where, limits, left)
        _check_pages(file.metadata, content, where, limits)
        rows = list(_rows(file, where, schema, limits, left))
    except MemoryError:
        text = "takes more memory than there is"
        raise RefusedBundle(RejectionCode.TOO_MUCH_MEMORY, where, text) from None
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        _refuse(where, f"not a readable parquet file ({reason})")
    if len(rows) != file.metadata.num_rows:
        _refuse(where, f"{len(rows):,} rows, but its footer says {file.metadata.num_rows:,}")
    return rows


def _check_frame(content: bytes, where: str, limits: Limits) -> None:
    if len(content) < 2 * _TAIL or content[:4] != _MAGIC or content[-4:] != _MAGIC:
        _refuse(where, "not a parquet file")
    footer = _footer_size(content)
    if footer > min(limits.footer_bytes, len(content) - _TAIL):
        _refuse(where, f"its footer says to be {footer:,} bytes long")


def _footer_size(content: bytes) -> int:
    return int(struct.unpack("<I", content[-_TAIL:-4])[0])


def _check_columns(file: Any, where: str, schema: pa.Schema) -> None:
    """Every column flat and of its type; what else the file says of itself is not looked at."""
    found = [(c.path, c.physical_type, c.max_repetition_level) for c in file.schema]
    wanted = [(field.name, _PHYSICAL[field.type], 0) for field in schema]
    if found != wanted:
        names = ", ".join(path for path, _, _ in found[:20])
        _refuse_columns(where, f"has the columns {names[:400]}; a bundle has {_named(schema)}")
    for field, wanted_field in zip(file.schema_arrow, schema, strict=True):
        if field.type not in _ACCEPTED[wanted_field.type]:
            text = f"the column {field.name} is {str(field.type)[:80]}, not {wanted_field.type}"
            _refuse_columns(where, text)


_PHYSICAL = {pa.string(): "BYTE_ARRAY", pa.int32(): "INT32", pa.bool_(): "BOOLEAN"}
_ACCEPTED = {
    pa.string(): (pa.string(), pa.large_string()),
    pa.int32(): (pa.int32(),),
    pa.bool_(): (pa.bool_(),),
}


def _check_footer(metadata: Any, where: str, limits: Limits, room: TableRoom) -> None:
    if metadata.num_row_groups > limits.row_groups:
        _refuse_size(where, f"{metadata.num_row_groups:,} row groups", f"{limits.row_groups:,}")
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    if metadata.num_rows != sum(group.num_rows for group in groups):
        _refuse(where, "its footer contradicts itself on the number of rows")
    if any(group.num_rows < 0 for group in groups):
        _refuse(where, "its footer says that it has less than no rows")
    if not room.take_rows(metadata.num_rows):
        _refuse_size(where, f"{metadata.num_rows:,} rows", f"{limits.rows:,}")
    unpacked = sum(abs(group.total_byte_size) for group in groups)
    if unpacked > limits.page_bytes:
        _refuse_size(where, f"{unpacked:,} bytes unpacked", f"{limits.page_bytes:,}")


def _check_pages(metadata: Any, content: bytes, where: str, limits: Limits) -> None:
    unpacked = 0
    for number, chunks in enumerate(_column_chunks(metadata, content)):
        rows = metadata.row_group(number).num_rows
        for chunk, column in zip(chunks, metadata.schema, strict=True):
            if chunk.codec not in _CODECS or chunk.values != rows:
                _refuse(where, "a column is packed, or counted, as none of a bundle is")
            for page in pages_of(content, chunk.start, chunk.size):
                unpacked += page.unpacked
                if page.encoding not in _ENCODINGS:
                    _refuse(where, f"a page has encoding {page.encoding}, which none may have")
                if page.values > limits.rows:
                    _refuse_size(where, f"{page.values:,} values in a page", f"{limits.rows:,}")
                if unpacked > limits.page_bytes:
                    _refuse_size(where, f"{unpacked:,} bytes unpacked", f"{limits.page_bytes:,}")
                if page.is_dictionary and page.values > rows:
                    _refuse(where, f"a dictionary of {page.values:,} values for {rows:,} rows")
                if page.is_dictionary and column.physical_type == _PHYSICAL[pa.string()]:
                    longest = _longest_in(content, page, _CODECS[chunk.codec])
                    _check_longest(longest, column.name, where, limits)


def _column_chunks(metadata: Any, content: bytes) -> list[list[ColumnChunk]]:
    """Of each row group as many as there are columns; raises what ``read_table`` catches."""
    found = column_chunks(content[-_TAIL - _footer_size(content) : -_TAIL])
    if [len(chunks) for chunks in found] != [metadata.num_columns] * metadata.num_row_groups:
        raise MalformedThrift("its footer has not all columns in every row group")
    return found


def _longest_in(content: bytes, page: Page, codec: str | None) -> int:
    """The longest text of a dictionary: a few bytes of a page may stand for it as often as they
    like. Raises what ``read_table`` catches."""
    packed: Any = memoryview(content)[page.start : page.start + page.packed]
    plain = pa.decompress(packed, page.unpacked, codec=codec) if codec else packed
    return longest_entry(memoryview(plain), page.values)


def _rows(
    file: Any, where: str, schema: pa.Schema, limits: Limits, room: TableRoom
) -> Iterator[dict[str, Any]]:
    names = schema.names
    size = 0
    known: dict[str, str] = {}
    for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
        columns = []
        for name, column in zip(names, batch.columns, strict=True):
            if column.null_count and name not in NULLABLE:
                _refuse_columns(where, f"a row has no {name}")
            values, taken = _values(column, name, where, limits)
            size += taken
            if size > limits.text_bytes:
                _refuse_size(where, f"over {size:,} bytes of text", f"{limits.text_bytes:,}")
            new: Collection[str] = values if taken else ()
            if taken and name not in _OFTEN_NEW:
                new = {text for text in values if text not in known}
                known.update(zip(new, new, strict=True))
                values = [known[text] for text in values]
            if not room.take_texts(new):
                _refuse_size(where, "more text than there is room for", f"{limits.text_bytes:,}")
            columns.append(values)
        for row in zip(*columns, strict=True):
            yield dict(zip(names, row, strict=True))


def _values(column: Any, name: str, where: str, limits: Limits) -> tuple[list[Any], int]:
    """The values of a column, and how many bytes its texts have."""
    import pyarrow.compute as pc

    if column.type not in _ACCEPTED[pa.string()]:
        return column.to_pylist(), 0
    column.validate(full=True)
    sizes = pc.binary_length(column)
    _check_longest(pc.max(sizes).as_py() or 0, name, where, limits)
    return column.to_pylist(), pc.sum(sizes).as_py() or 0


def _check_longest(longest: int, name: str, where: str, limits: Limits) -> None:
    if longest > limits.longest_text:
        _refuse_size(where, f"{longest:,} bytes in one {name}", f"{limits.longest_text:,}")


def _named(schema: pa.Schema) -> str:
    return ", ".join(schema.names)


def _refuse(where: str, text: str) -> NoReturn:
    raise RefusedBundle(RejectionCode.BAD_PARQUET, where, text)


def _refuse_columns(where: str, text: str) -> NoReturn:
    raise RefusedBundle(RejectionCode.BAD_COLUMNS, where, text)


def _refuse_size(where: str, found: str, accepted: str) -> NoReturn:
    raise RefusedBundle(RejectionCode.TOO_LARGE, where, f"{found}; at most {accepted} are accepted")
