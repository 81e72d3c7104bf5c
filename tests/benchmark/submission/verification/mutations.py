"""Bundles with something wrong in them, at every layer: bytes, zip, JSON, rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

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
_LIKE: dict[type, st.SearchStrategy[Any]] = {
    int: _NUMBERS, str: st.text(max_size=30) | st.none(), bool: st.booleans(),
}  # fmt: skip


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
    return content.replace(draw(st.sampled_from([b"null", b"0"])), draw(st.sampled_from(odd)), 1)


def _other_rows(draw: Draw, content: bytes) -> bytes:
    """Rows with a cell changed, taken out, doubled, or all in another order."""
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    at = draw(st.integers(0, len(lines) - 1))
    kind = draw(st.sampled_from(["cell", "cell", "cell", "gone", "twice", "turned", "none"]))
    if kind == "cell":
        lines[at] = _other_cell(draw, lines[at])
    lines = {
        "gone": lines[:at] + lines[at + 1 :],
        "twice": [*lines, lines[at]],
        "turned": lines[::-1],
        "none": [],
    }.get(kind, lines)
    return b"".join(lines)


def _other_cell(draw: Draw, line: bytes) -> bytes:
    """A row with another value, mostly of the same type."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return line
    if not isinstance(row, dict) or not row:
        return line
    column = draw(st.sampled_from(sorted(row)))
    row[column] = draw(_LIKE.get(type(row[column]), _HOSTILE) | _HOSTILE)
    return _line(row)


def _other_columns(draw: Draw, content: bytes) -> bytes:
    """A column of another type, gone, one more, or called otherwise, in every row or in one."""
    lines = content.splitlines(keepends=True)
    try:
        rows = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return content
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        return content
    column = draw(st.sampled_from(sorted(rows[0])))
    odd: list[Callable[[Any], dict[str, Any]]] = [
        lambda row: {name: value for name, value in row.items() if name != column},
        lambda row: {**row, "more": None},
        lambda row: {**row, column: [row.get(column)]},
        lambda row: {**row, column: 0.5},
        lambda row: {f"{name} "[: len(name) + (name == column)]: v for name, v in row.items()},
    ]
    change = draw(st.sampled_from(odd))
    at = draw(st.none() | st.integers(0, len(rows) - 1))
    return b"".join(
        _line(change(row)) if at in (None, number) else line
        for number, (row, line) in enumerate(zip(rows, lines, strict=True))
    )


def _other_ends(draw: Draw, content: bytes) -> bytes:
    """Lines that end otherwise, are empty, or run into each other."""
    end = draw(st.sampled_from([b"", b"\r\n", b"\n\n", b",\n", b"\r", b" \n", b"\x00\n"]))
    return content.replace(b"\n", end, draw(st.sampled_from([1, -1])))


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode() + b"\n"


_MUTATIONS: dict[str, list[Callable[[Draw, bytes], bytes]]] = {
    "json": [_flipped, _other_value, _other_value, _other_value, _raw_value],
    "jsonl": [_flipped, _other_rows, _other_rows, _other_columns, _other_ends, _raw_value],
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
