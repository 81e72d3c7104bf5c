"""The pages of a parquet file by their own headers: how large they unpack, how, and to what.

The footer of a parquet file may lie about its pages, and whoever reads them believes the pages.
So their headers (Thrift, compact protocol; parquet-format/src/main/thrift/parquet.thrift) are
read first, without unpacking anything.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from warmbench.submission.bundle.compact_thrift import (
    I32,
    STRUCT,
    CompactThrift,
    Fields,
    MalformedThrift,
)

__all__ = ["Page", "longest_entry", "pages_of"]

_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3
_HEADER_FIELD = {_DATA: 5, _DICTIONARY: 7, _DATA_V2: 8}
_ENCODING_FIELD = {_DATA: 2, _DICTIONARY: 2, _DATA_V2: 4}

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Page:
    """One page: bytes when unpacked, the number of its values, the number of its encoding; its
    packed bytes are ``packed`` of the file from ``start``."""

    unpacked: int
    values: int
    encoding: int
    is_dictionary: bool
    start: int
    packed: int


def pages_of(content: bytes, start: int, size: int) -> Iterator[Page]:
    """The pages of the column chunk that lies in ``content`` from ``start``, ``size`` bytes long.

    Raises ``MalformedThrift``.
    """
    end = start + size
    if not 0 <= start <= end <= len(content):
        raise MalformedThrift(f"a column lies at {start}, {size} bytes long, outside of the file")
    at = start
    while at < end:
        reader = CompactThrift(content, at, end)
        page = _page(reader.struct(), reader.at)
        yield page
        at = page.start + page.packed
    if at != end:
        raise MalformedThrift("the pages of a column do not end where it does")


def longest_entry(dictionary: memoryview, count: int) -> int:
    """Bytes of the longest of ``count`` texts in an unpacked page that is a dictionary of texts:
    each stands behind its length. Raises ``MalformedThrift``."""
    longest, at = 0, 0
    for _ in range(count):
        if at + _LENGTH.size > len(dictionary):
            raise MalformedThrift("a dictionary that has fewer texts than it says")
        (size,) = _LENGTH.unpack_from(dictionary, at)
        longest = max(longest, size)
        at += _LENGTH.size + size
    return longest


def _page(header: Fields, start: int) -> Page:
    kind, unpacked, packed = (header.get((number, I32)) for number in (1, 2, 3))
    if kind not in _HEADER_FIELD or not isinstance(unpacked, int) or unpacked < 0:
        raise MalformedThrift("a page of no kind that is accepted")
    if not isinstance(packed, int) or packed < 0:
        raise MalformedThrift("a page without a size")
    inner = header.get((_HEADER_FIELD[kind], STRUCT))
    if not isinstance(inner, dict):
        raise MalformedThrift("a page whose header does not fit its kind")
    values, encoding = (inner.get((number, I32)) for number in (1, _ENCODING_FIELD[kind]))
    if not isinstance(values, int) or not isinstance(encoding, int) or values < 0:
        raise MalformedThrift("a page without its number of values, or their encoding")
    return Page(unpacked, values, encoding, kind == _DICTIONARY, start, packed)
