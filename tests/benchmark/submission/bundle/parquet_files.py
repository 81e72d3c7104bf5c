"""Parquet files as bytes: good ones, and such as nobody should be handed."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warmbench.run.folder import RESPONSE_SCHEMA

__all__ = ["parquet_bytes", "response", "table_bytes", "with_footer_field"]


def response(**changes: Any) -> dict[str, Any]:
    row = {
        "item_id": "q1/plain/none", "arm": "original", "epoch": 0, "response": "Canberra.",
        "finish_reason": "stop", "prompt_tokens": 9, "completion_tokens": 2, "key": "ab12",
    }  # fmt: skip
    return {**row, **changes}


def parquet_bytes(rows: list[dict[str, Any]], schema: pa.Schema = RESPONSE_SCHEMA) -> bytes:
    return table_bytes(pa.Table.from_pylist(rows, schema=schema))


def table_bytes(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def with_footer_field(content: bytes, old: int, new: int) -> bytes:
    """The file with one number of its footer (as Thrift's zigzag varint) replaced by another of
    the same length, wherever it stands there."""
    size = int.from_bytes(content[-8:-4], "little")
    start = len(content) - 8 - size
    footer = content[start:-8].replace(_varint(old), _varint(new))
    return content[:start] + footer + content[-8:]


def _varint(value: int) -> bytes:
    left, found = value << 1, b""
    while left >= 128:
        found += bytes([left & 127 | 128])
        left >>= 7
    return found + bytes([left])
