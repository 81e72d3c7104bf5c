"""Reads a parquet file that nobody vouches for: sizes first, then the columns, then the rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NoReturn

import pyarrow as pa

from warmbench.bundle.limits import LIMITS, Limits
from warmbench.bundle.parquet_pages import pages_of
from warmbench.bundle.refused_bundle import RefusedBundle
from warmbench.bundle.rejection_code import RejectionCode

__all__ = ["NULLABLE", "read_table"]

NULLABLE = frozenset({"prompt_tokens", "completion_tokens"})
"""The columns that may hold no value."""

_CODECS = frozenset({"UNCOMPRESSED", "SNAPPY", "ZSTD", "GZIP"})
_ENCODINGS = frozenset({0, 2, 3, 8})  # PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY
_BATCH = 8_192
_MAGIC = b"PAR1"
_TAIL = 8

Rows = list[dict[str, Any]]


def read_table(content: bytes, where: str, schema: pa.Schema, limits: Limits = LIMITS) -> Rows:
    """The rows of a parquet file with exactly the columns of ``schema``.

    Raises ``RefusedBundle`` for what is damaged, too large (by its footer, by its pages, or by
    the rows themselves), otherwise encoded than columns of text and numbers are, or has other
    columns, and for a missing value (but in ``NULLABLE``).
    """
    import pyarrow.parquet as pq

    _check_frame(content, where, limits)
    strings = [field.name for field in schema if field.type == pa.string()]

    def opened(read_dictionary: list[str] | None = None) -> Any:
        return pq.ParquetFile(
            pa.BufferReader(content),
            read_dictionary=read_dictionary,
            thrift_string_size_limit=limits.footer_bytes,
            thrift_container_size_limit=limits.row_groups,
        )

    try:
        file = opened()
        _check_columns(file, where, schema)
        _check_footer(file.metadata, where, limits)
        _check_pages(file.metadata, content, where, limits)
        rows = list(_rows(opened(strings), where, schema, limits))
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        _refuse(where, f"not a readable parquet file ({reason})")
    if len(rows) != file.metadata.num_rows:
        _refuse(where, f"{len(rows):,} rows, but its footer says {file.metadata.num_rows:,}")
    return rows


def _check_frame(content: bytes, where: str, limits: Limits) -> None:
    if len(content) < 2 * _TAIL or content[:4] != _MAGIC or content[-4:] != _MAGIC:
        _refuse(where, "not a parquet file")
    (footer,) = struct.unpack("<I", content[-_TAIL:-4])
    if footer > min(limits.footer_bytes, len(content) - _TAIL):
        _refuse(where, f"its footer says to be {footer:,} bytes long")


def _check_columns(file: Any, where: str, schema: pa.Schema) -> None:
    """Every column flat and of its type; what else the file says of itself is not looked at."""
    found = [(c.path, c.physical_type, c.max_repetition_level) for c in file.schema]
    wanted = [(field.name, _PHYSICAL[field.type], 0) for field in schema]
    if found != wanted:
        names = ", ".join(path for path, _, _ in found[:20])
        _refuse_columns(where, f"has the columns {names[:400]}; a bundle has {_named(schema)}")
    for field, wanted_field in zip(file.schema_arrow, schema, strict=True):
        kind = field.type
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        if plain not in _ACCEPTED[wanted_field.type]:
            text = f"the column {field.name} is {str(kind)[:80]}, not {wanted_field.type}"
            _refuse_columns(where, text)


_PHYSICAL = {pa.string(): "BYTE_ARRAY", pa.int32(): "INT32", pa.bool_(): "BOOLEAN"}
_ACCEPTED = {
    pa.string(): (pa.string(), pa.large_string()),
    pa.int32(): (pa.int32(),),
    pa.bool_(): (pa.bool_(),),
}


def _check_footer(metadata: Any, where: str, limits: Limits) -> None:
    if metadata.num_row_groups > limits.row_groups:
        _refuse_size(where, f"{metadata.num_row_groups:,} row groups", f"{limits.row_groups:,}")
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    if metadata.num_rows != sum(group.num_rows for group in groups):
        _refuse(where, "its footer contradicts itself on the number of rows")
    if not 0 <= metadata.num_rows <= limits.rows or any(group.num_rows < 0 for group in groups):
        _refuse_size(where, f"{metadata.num_rows:,} rows", f"{limits.rows:,}")
    unpacked = sum(abs(group.total_byte_size) for group in groups)
    if unpacked > limits.page_bytes:
        _refuse_size(where, f"{unpacked:,} bytes unpacked", f"{limits.page_bytes:,}")


def _check_pages(metadata: Any, content: bytes, where: str, limits: Limits) -> None:
    unpacked = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            if chunk.compression not in _CODECS or chunk.num_values != rows:
                _refuse(where, "a column is packed, or counted, as none of a bundle is")
            for page in pages_of(content, _start(chunk), chunk.total_compressed_size):
                unpacked += page.unpacked
                if page.encoding not in _ENCODINGS:
                    _refuse(where, f"a page has encoding {page.encoding}, which none may have")
                if page.values > limits.rows:
                    _refuse_size(where, f"{page.values:,} values in a page", f"{limits.rows:,}")
                if unpacked > limits.page_bytes:
                    _refuse_size(where, f"{unpacked:,} bytes unpacked", f"{limits.page_bytes:,}")


def _start(chunk: Any) -> int:
    """Where a reader begins: at the dictionary, where there is one before the data."""
    data, dictionary = int(chunk.data_page_offset), chunk.dictionary_page_offset
    if chunk.has_dictionary_page and dictionary is not None and 0 < dictionary < data:
        return int(dictionary)
    return data


def _rows(file: Any, where: str, schema: pa.Schema, limits: Limits) -> Iterator[dict[str, Any]]:
    names = schema.names
    size = 0
    for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
        columns = []
        for name, column in zip(names, batch.columns, strict=True):
            if column.null_count and name not in NULLABLE:
                _refuse_columns(where, f"a row has no {name}")
            values, taken = _values(column, name, where, limits)
            size += taken
            if size > limits.text_bytes:
                _refuse_size(where, f"over {size:,} bytes of text", f"{limits.text_bytes:,}")
            columns.append(values)
        for row in zip(*columns, strict=True):
            yield dict(zip(names, row, strict=True))


def _values(column: Any, name: str, where: str, limits: Limits) -> tuple[list[Any], int]:
    """The values of a column, and how many bytes its texts have; equal texts are one object."""
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return column.to_pylist(), 0
    column.validate(full=True)
    sizes = pc.binary_length(column.dictionary).to_pylist()
    indices = column.indices.to_pylist()
    longest = max(sizes, default=0)
    if longest > limits.longest_text:
        _refuse_size(where, f"{longest:,} bytes in one {name}", f"{limits.longest_text:,}")
    texts = column.dictionary.to_pylist()
    return [texts[i] for i in indices], sum(sizes[i] for i in indices)


def _named(schema: pa.Schema) -> str:
    return ", ".join(schema.names)


def _refuse(where: str, text: str) -> NoReturn:
    raise RefusedBundle(RejectionCode.BAD_PARQUET, where, text)


def _refuse_columns(where: str, text: str) -> NoReturn:
    raise RefusedBundle(RejectionCode.BAD_COLUMNS, where, text)


def _refuse_size(where: str, found: str, accepted: str) -> NoReturn:
    raise RefusedBundle(RejectionCode.TOO_LARGE, where, f"{found}; at most {accepted} are accepted")
