"""Bundles with something wrong in them, at every layer: bytes, zip, JSON, parquet, rows."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from tests.benchmark.submission.bundle.zip_files import link_member, zip_bytes
from warmbench.submission.bundle.members import MEMBERS

__all__ = ["mutated_bundles"]

Files = Mapping[str, bytes]
Draw = st.DrawFn

_HOSTILE: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", "warm", "original", "cold", "correct", "\u202eevil", "=1+1", "<script>", "../..",
         "a\0b", "9" * 400, "x" * 50_000, "1e999", "2026-13-45", "\u200b", "I can't help."]
    ),
    st.recursive(st.integers(0, 9), lambda inner: st.lists(inner, max_size=3), max_leaves=9),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)  # fmt: skip
_NUMBERS = st.one_of(st.integers(-(2**31), 2**31 - 1), st.sampled_from([0, 1, 2**31 - 1]))
_FOOTER = 1_500


@st.composite
def mutated_bundles(draw: Draw, files: Files) -> bytes:
    """A zip of ``files`` after one to three mutations."""
    changed = dict(files)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(changed)))
        mutation = draw(st.sampled_from(_MUTATIONS[name.rsplit(".", 1)[1]]))
        changed[name] = mutation(draw, changed[name])
    return draw(st.sampled_from(_PACKINGS))(draw, changed)


def _flipped(draw: Draw, content: bytes, first: int = 0) -> bytes:
    """Some bytes replaced, taken out, or said twice."""
    if len(content) - first < 2:
        return content
    at = draw(st.integers(first, len(content) - 1))
    size = draw(st.integers(1, 64))
    kind = draw(st.sampled_from(["replace", "insert", "delete", "repeat", "cut"]))
    piece = draw(st.binary(min_size=1, max_size=size))
    if kind == "replace":
        return content[:at] + piece + content[at + len(piece) :]
    if kind == "insert":
        return content[:at] + piece + content[at:]
    if kind == "delete":
        return content[:at] + content[at + size :]
    return content[:at] if kind == "cut" else content[: at + size] + content[at:]


def _flipped_footer(draw: Draw, content: bytes) -> bytes:
    """One to four bytes of the footer, which is what readers believe."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(max(0, len(changed) - _FOOTER), max(0, len(changed) - 9)))
        changed[at : at + 1] = bytes([draw(st.integers(0, 255))])
    return bytes(changed)


def _other_value(draw: Draw, content: bytes) -> bytes:
    """One value of a JSON file, wherever it lies, replaced, taken out, or put beside."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return content
    target = found
    while True:
        keys: list[Any] = (
            list(range(len(target))) if isinstance(target, list) else sorted(target)
        )  # fmt: skip
        if not keys:
            return content
        key = draw(st.sampled_from(keys))
        below = target[key]
        if not isinstance(below, dict | list) or not below or draw(st.integers(0, 4)) == 0:
            break
        target = below
    if draw(st.integers(0, 5)) == 0:
        del target[key]
    else:
        target[key] = draw(_HOSTILE)
    if isinstance(found, dict) and draw(st.integers(0, 9)) == 0:
        found[draw(st.text(max_size=5))] = draw(_HOSTILE)
    return json.dumps(found, indent=1).encode("utf-8", "replace")


def _raw_value(draw: Draw, content: bytes) -> bytes:
    """A number written as no parser should take it."""
    odd = [
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 5_000,
        b"[" * 5_000,
        b'"\\ud800"',
        b'{"a":1,"a":2}',
    ]
    return content.replace(b"null", draw(st.sampled_from(odd)), 1)


def _other_rows(draw: Draw, content: bytes) -> bytes:
    """Rows with a cell changed, taken out, doubled, or all in another order."""
    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError, ValueError):
        return content
    rows = table.to_pylist()
    if not rows:
        return content
    at = draw(st.integers(0, len(rows) - 1))
    kind = draw(st.sampled_from(["cell", "cell", "cell", "gone", "twice", "turned", "none"]))
    if kind == "cell":
        column = draw(st.sampled_from(table.column_names))
        plain = table.schema.field(column).type
        values = _NUMBERS if pa.types.is_integer(plain) else st.text(max_size=30) | st.none()
        values = st.booleans() if pa.types.is_boolean(plain) else values
        rows[at] = {**rows[at], column: draw(values)}
    rows = {
        "gone": rows[:at] + rows[at + 1 :],
        "twice": [*rows, rows[at]],
        "turned": rows[::-1],
        "none": [],
    }.get(kind, rows)
    try:
        return _written(pa.Table.from_pylist(rows, schema=table.schema), draw)
    except (pa.ArrowException, UnicodeEncodeError):
        return content


def _other_columns(draw: Draw, content: bytes) -> bytes:
    """A column of another type, gone, or one more."""
    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError, ValueError):
        return content
    column = draw(st.sampled_from(table.column_names))
    at = table.column_names.index(column)
    odd: list[Callable[[], pa.Table]] = [
        lambda: table.drop_columns([column]),
        lambda: table.append_column("more", pa.nulls(len(table), pa.string())),
        lambda: table.set_column(at, column, pa.nulls(len(table), pa.list_(pa.string()))),
        lambda: table.set_column(at, column, pa.nulls(len(table), pa.float64())),
        lambda: table.set_column(at, column, pa.array([b"\xff\xfe"] * len(table), pa.binary())),
        lambda: table.rename_columns([*table.column_names[:-1], column]),
    ]
    try:
        return _written(draw(st.sampled_from(odd))(), draw)
    except (pa.ArrowException, ValueError):
        return content


def _written(table: pa.Table, draw: Draw) -> bytes:
    sink = io.BytesIO()
    options: dict[str, Any] = draw(
        st.sampled_from(
            [{}, {"compression": "none"}, {"compression": "gzip"}, {"compression": "brotli"},
             {"row_group_size": 3}, {"use_dictionary": False}, {"data_page_version": "2.0"},
             {"use_dictionary": False, "column_encoding": "PLAIN"}]
        )
    )  # fmt: skip
    pq.write_table(table, sink, **options)
    return sink.getvalue()


_MUTATIONS: dict[str, list[Callable[[Draw, bytes], bytes]]] = {
    "json": [_flipped, _other_value, _other_value, _other_value, _raw_value],
    "parquet": [
        _flipped,
        _flipped_footer,
        _flipped_footer,
        _other_rows,
        _other_rows,
        _other_columns,
    ],
}


def _packed(draw: Draw, files: Files) -> bytes:
    return zip_bytes(files, draw(st.sampled_from([0, 8])))


def _flipped_zip(draw: Draw, files: Files) -> bytes:
    return _flipped(draw, zip_bytes(files, 0))


def _flipped_directory(draw: Draw, files: Files) -> bytes:
    content = zip_bytes(files, 0)
    return _flipped(draw, content, first=max(0, len(content) - 500))


def _odd_zip(draw: Draw, files: Files) -> bytes:
    """Names that lead elsewhere, that nobody knows, or that stand twice; links; comments; bombs."""
    members: list[Any] = list(files.items())
    name = draw(st.sampled_from([*MEMBERS, "../x", "/x", "a\\b", "x" * 300, "\u202ex", "a/", "."]))
    content = draw(st.sampled_from([b"", b"{}", b" " * 5_000_000, b"PK"]))
    members.append((link_member(name) if draw(st.booleans()) else name, content))
    if draw(st.booleans()):
        members.pop(draw(st.integers(0, len(members) - 1)))
    return zip_bytes(members, 8, comment=draw(st.sampled_from([b"", b"", b"x"])))


_PACKINGS: list[Callable[[Draw, Files], bytes]] = [
    _packed, _packed, _packed, _packed, _flipped_zip, _flipped_directory, _odd_zip,
]  # fmt: skip
