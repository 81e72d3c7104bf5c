"""The tables of a bundle: rows as JSON lines, written in one form and read from untrusted files."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import pyarrow as pa

from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.rejection import RefusedBundle, RejectionCode
from warmbench.submission.bundle.strict_json import NotStrictJSON, strict_object

__all__ = ["NULLABLE", "MemoryBudget", "Rows", "read_json_lines", "to_json_lines"]

NULLABLE = frozenset(
    {"prompt_tokens", "completion_tokens", "reasoning", "reasoning_words", "reasoning_tokens"}
)
"""The columns that may hold no value: a line leaves them out then, or has null there."""

_TYPES: Mapping[pa.DataType, type] = {pa.string(): str, pa.int32(): int, pa.bool_(): bool}
_NAMES = {str: "a text", int: "a whole number", bool: "true or false"}
_LARGEST = 2**31
_OFTEN_NEW = frozenset({"response", "reasoning", "key"})
"""The columns in which hardly a text occurs twice."""

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class MemoryBudget:
    """What the tables of one bundle may still take together: ``rows``, and ``text_bytes`` as texts
    lie in memory; less than 0 once there were too many.

    A text outside of ASCII takes up to four times the bytes that a file has of it.
    """

    rows: int
    text_bytes: int

    @classmethod
    def of(cls, limits: Limits = LIMITS) -> MemoryBudget:
        """All of it."""
        return cls(limits.rows, limits.text_bytes)

    def take_row(self) -> bool:
        """Whether one more row fits."""
        self.rows -= 1
        return self.rows >= 0

    def take_text(self, text: str) -> bool:
        """Whether this text fits."""
        self.text_bytes -= sys.getsizeof(text)
        return self.text_bytes >= 0


def to_json_lines(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> Iterator[bytes]:
    """A line for each row: the columns of ``schema`` in their order, UTF-8, no spaces. A column of
    ``NULLABLE`` without a value is left out."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
    for row in rows:
        values = {name: row.get(name) if name in NULLABLE else row[name] for name in schema.names}
        present = {
            n: value for n, value in values.items() if value is not None or n not in NULLABLE
        }
        yield f"{encode(present)}\n".encode()


def read_json_lines(
    content: bytes,
    where: str,
    schema: pa.Schema,
    limits: Limits = LIMITS,
    budget: MemoryBudget | None = None,
) -> Rows:
    """The rows of a file with exactly the columns of ``schema``, in any order; those of
    ``NULLABLE`` may be missing, and are None then.

    ``budget``: what is left for it beside the other tables, and is then less; None for all. A text
    of a column that repeats itself is one object.

    Raises ``RefusedBundle`` for a line that is too long or not strict JSON, for other columns,
    a value of another type or none (except in ``NULLABLE``), and for too many rows or texts.
    """
    return list(_Reader(where, schema, limits, budget or MemoryBudget.of(limits)).rows(content))


class _Reader:
    """One table: checks a line after the other."""

    def __init__(self, where: str, schema: pa.Schema, limits: Limits, budget: MemoryBudget) -> None:
        self._where = where
        self._columns: list[tuple[str, Any]] = [
            (field.name, _TYPES[field.type]) for field in schema
        ]
        self._names = tuple(schema.names)
        self._checked: tuple[str, ...] = self._names
        self._limits = limits
        self._budget = budget
        self._known: dict[str, str] = {}
        self._line = 0

    def rows(self, content: bytes) -> Iterator[dict[str, Any]]:
        for line in self._lines(content):
            if not self._budget.take_row():
                self._refuse_size("more rows than are accepted", self._limits.rows)
            try:
                found = strict_object(line, self._limits)
            except NotStrictJSON as error:
                self._refuse(RejectionCode.BAD_JSON, str(error))
            yield self._row(found)

    def _lines(self, content: bytes) -> Iterator[bytes]:
        file = io.BytesIO(content)
        while line := file.readline(self._limits.line_bytes + 1):
            self._line += 1
            if len(line) > self._limits.line_bytes:
                self._refuse_size("a longer line", self._limits.line_bytes)
            yield line

    def _row(self, found: dict[str, Any]) -> dict[str, Any]:
        """``found`` checked, with keys that all rows share."""
        if (columns := tuple(found)) != self._checked:
            self._check_columns(found)
            self._checked = columns
        row = {}
        known = self._known
        for name, kind in self._columns:
            value: Any = found.get(name)
            if type(value) is not kind:
                if value is not None or name not in NULLABLE:
                    self._refuse_type(name, kind, value)
            elif kind is int:
                if not -_LARGEST <= value < _LARGEST:
                    text = f"{name} is {value}, which has over 32 bits"
                    self._refuse(RejectionCode.BAD_COLUMNS, text)
            elif kind is str:
                if value in known:
                    value = known[value]
                else:
                    self._take_text(name, value)
            row[name] = value
        return row

    def _take_text(self, name: str, text: str) -> None:
        if 4 * len(text) > self._limits.longest_text:
            size = len(text.encode())
            if size > self._limits.longest_text:
                self._refuse_size(f"{size:,} bytes in one {name}", self._limits.longest_text)
        if not self._budget.take_text(text):
            self._refuse_size("more text than there is room for", self._limits.text_bytes)
        if name not in _OFTEN_NEW:
            self._known[text] = text

    def _check_columns(self, found: Mapping[str, Any]) -> None:
        accepted = ", ".join(self._names)
        for name in self._names:
            if name not in found and name not in NULLABLE:
                self._refuse(RejectionCode.BAD_COLUMNS, f"has no {name}; a row has {accepted}")
        for name in found:
            if name not in self._names:
                text = f"has the unknown column {name[:80]!r}; a row has {accepted}"
                self._refuse(RejectionCode.BAD_COLUMNS, text)

    def _refuse_type(self, name: str, kind: type, value: Any) -> NoReturn:
        found = "null" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
        text = f"{name} should be {_NAMES[kind]}, found {found}"
        self._refuse(RejectionCode.BAD_COLUMNS, text)

    def _refuse_size(self, found: str, accepted: int) -> NoReturn:
        self._refuse(RejectionCode.TOO_LARGE, f"{found}; at most {accepted:,} are accepted")

    def _refuse(self, code: RejectionCode, text: str) -> NoReturn:
        raise RefusedBundle(code, f"{self._where}, line {self._line:,}", text)
