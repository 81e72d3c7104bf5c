"""The pages of a parquet file by their own headers: how large they unpack, and how.

The footer of a parquet file may lie about its pages, and whoever reads them believes the pages.
So their headers (Thrift, compact protocol; parquet-format/src/main/thrift/parquet.thrift) are
read first, without unpacking anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["MalformedPage", "Page", "pages_of"]

_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3
_HEADER_FIELD = {_DATA: 5, _DICTIONARY: 7, _DATA_V2: 8}
_ENCODING_FIELD = {_DATA: 2, _DICTIONARY: 2, _DATA_V2: 4}

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _STRUCT = 0, 1, 2, 3, 7, 8, 12
_INTEGERS = (4, 5, 6)
_DEEP = 8
_MOST_BITS = 64


class MalformedPage(ValueError):
    """Bytes that are no page header."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: bytes when unpacked, the number of its values, the number of its encoding."""

    unpacked: int
    values: int
    encoding: int


def pages_of(content: bytes, start: int, size: int) -> Iterator[Page]:
    """The pages of the column chunk that lies in ``content`` from ``start``, ``size`` bytes long.

    Raises ``MalformedPage``.
    """
    end = start + size
    if not 0 <= start <= end <= len(content):
        raise MalformedPage(f"a column lies at {start}, {size} bytes long, outside of the file")
    at = start
    while at < end:
        reader = _Reader(content, at, end)
        header = reader.struct()
        yield _page(header)
        packed = header.get(3)
        if not isinstance(packed, int) or packed < 0:
            raise MalformedPage("a page without a size")
        at = reader.at + packed
    if at != end:
        raise MalformedPage("the pages of a column do not end where it does")


def _page(header: dict[int, Any]) -> Page:
    kind, unpacked = header.get(1), header.get(2)
    if kind not in _HEADER_FIELD or not isinstance(unpacked, int) or unpacked < 0:
        raise MalformedPage("a page of no kind that is accepted")
    inner = header.get(_HEADER_FIELD[kind])
    if not isinstance(inner, dict):
        raise MalformedPage("a page whose header does not fit its kind")
    values, encoding = inner.get(1), inner.get(_ENCODING_FIELD[kind])
    if not isinstance(values, int) or not isinstance(encoding, int) or values < 0:
        raise MalformedPage("a page without its number of values, or their encoding")
    return Page(unpacked, values, encoding)


class _Reader:
    """Reads Thrift's compact protocol from ``at`` on, never beyond ``end``."""

    def __init__(self, content: bytes, at: int, end: int) -> None:
        self._content = content
        self._end = end
        self.at = at

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Field number -> value. A field that stands twice counts as it last stood."""
        if depth > _DEEP:
            raise MalformedPage("a page header that lies too deep in itself")
        fields: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            fields[number] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind in _INTEGERS:
            return self._zigzag()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _BINARY:
            return self._skip(self._varint())
        if kind in (_BYTE, _DOUBLE):
            return self._skip(1 if kind == _BYTE else 8)
        raise MalformedPage("a page header with a field of a kind that none has")

    def _skip(self, size: int) -> None:
        if size > self._end - self.at:
            raise MalformedPage("a page header that is longer than its column")
        self.at += size

    def _byte(self) -> int:
        if self.at >= self._end:
            raise MalformedPage("a page header that does not end")
        self.at += 1
        return self._content[self.at - 1]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, _MOST_BITS, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise MalformedPage("a number of too many bits")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
