"""Where the columns of a parquet file lie, by its footer.

Arrow ends the whole process on some damaged footers when it is asked for a column of one
(26.0.1, on the size statistics), so it is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from warmbench.submission.bundle.compact_thrift import (
    I32,
    I64,
    LIST,
    STRUCT,
    CompactThrift,
    Fields,
    MalformedThrift,
)

__all__ = ["ColumnChunk", "column_chunks"]

_ROW_GROUPS, _COLUMNS, _METADATA = (4, LIST), (1, LIST), (3, STRUCT)
_CODEC, _VALUES, _SIZE, _DATA, _DICTIONARY = (4, I32), (5, I64), (7, I64), (9, I64), (11, I64)


@dataclass(frozen=True, slots=True)
class ColumnChunk:
    """A column in one row group: the number of its codec, the number of its values, and where its
    pages lie, dictionary first: ``size`` bytes from ``start``."""

    codec: int
    values: int
    start: int
    size: int


def column_chunks(footer: bytes) -> list[list[ColumnChunk]]:
    """The columns of each row group, in their order. Raises ``MalformedThrift``."""
    fields = CompactThrift(footer, 0, len(footer)).struct()
    return [
        [_chunk(_of(column, _METADATA)) for column in _each(group, _COLUMNS)]
        for group in _each(fields, _ROW_GROUPS)
    ]


def _each(fields: Fields, field: tuple[int, int]) -> Iterator[Fields]:
    for value in _of(fields, field):
        if not isinstance(value, dict):
            raise MalformedThrift("a list in its footer of what it should not be of")
        yield value


def _of(fields: Fields, field: tuple[int, int]) -> Any:
    if field not in fields:
        raise MalformedThrift("its footer leaves out what every footer has")
    return fields[field]


def _chunk(metadata: Fields) -> ColumnChunk:
    codec, values, size, data = (_of(metadata, f) for f in (_CODEC, _VALUES, _SIZE, _DATA))
    dictionary = metadata.get(_DICTIONARY)
    start = dictionary if dictionary is not None and 0 < dictionary < data else data
    return ColumnChunk(codec, values, start, size)
