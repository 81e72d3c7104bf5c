"""Thrift's compact protocol, as the footer and the pages of a parquet file are described in it.

A field counts only under the kind that it has, as for the readers of others. They make one of two
that have the same number, so here that is malformed.
"""

from __future__ import annotations

from typing import Any

__all__ = ["BINARY", "I32", "I64", "LIST", "STRUCT", "CompactThrift", "Fields", "MalformedThrift"]

I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
"""The kinds of fields that are looked for."""

_STOP, _TRUE, _FALSE, _BYTE, _I16, _DOUBLE = 0, 1, 2, 3, 4, 7
_DEEP = 8
_MOST_BITS = 64

Fields = dict[tuple[int, int], Any]
"""(number, kind) -> value. Binary fields have none: they are skipped."""


class MalformedThrift(ValueError):
    """Bytes that are not what they should be."""


class CompactThrift:
    """Reads ``content`` from ``at`` on, never beyond ``end``. Raises ``MalformedThrift``."""

    def __init__(self, content: bytes, at: int, end: int) -> None:
        self._content = content
        self._end = end
        self.at = at

    def struct(self, depth: int = 0) -> Fields:
        """All fields of the structure that begins here."""
        if depth > _DEEP:
            raise MalformedThrift("a description that lies too deep in itself")
        fields: Fields = {}
        seen: set[int] = set()
        number = 0
        while (head := self._byte()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            kind = head & 15
            if number in seen:
                raise MalformedThrift("a description in which a field stands twice")
            seen.add(number)
            if kind in (_TRUE, _FALSE):
                fields[number, _TRUE] = kind == _TRUE
            else:
                fields[number, kind] = self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_I16, I32, I64):
            return self._zigzag()
        if kind == STRUCT:
            return self.struct(depth + 1)
        if kind == LIST:
            return self._list(depth)
        if kind == BINARY:
            return self._skip(self._varint())
        if kind in (_TRUE, _FALSE, _BYTE, _DOUBLE):  # a truth value by itself takes a byte
            return self._skip(8 if kind == _DOUBLE else 1)
        raise MalformedThrift("a description with a field of a kind that none has")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        if count > self._end - self.at:
            raise MalformedThrift("a description with a list that is longer than the file")
        return [self._value(head & 15, depth) for _ in range(count)]

    def _skip(self, size: int) -> None:
        if size > self._end - self.at:
            raise MalformedThrift("a description that is longer than there is room for")
        self.at += size

    def _byte(self) -> int:
        if self.at >= self._end:
            raise MalformedThrift("a description that does not end")
        self.at += 1
        return self._content[self.at - 1]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, _MOST_BITS, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise MalformedThrift("a number of too many bits")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
