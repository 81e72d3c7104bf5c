"""Reads tables of rows from CSV, JSONL or parquet, and writes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from warmbench.errors import DataError
from warmbench.folders import atomic_write
from warmbench.text_file import read_text, whole_text

__all__ = [
    "TABLE_SUFFIXES",
    "columns_of",
    "read_columns",
    "read_rows",
    "read_rows_named",
    "write_parquet",
    "write_rows",
    "write_table",
]

TABLE_SUFFIXES = (".csv", ".jsonl", ".parquet")


_LONGEST_FIELD = 1 << 24
"""Of a CSV, in characters; Python's own limit is 131,072, which long reasoning goes beyond."""


def read_rows(path: Path, *, repair: bool = False) -> list[dict[str, Any]]:
    """The rows of a CSV, JSONL or parquet file as dictionaries, told apart by the suffix.

    With ``repair``, half a surrogate pair becomes U+FFFD. Raises ``DataError`` when the file is
    missing, empty, not UTF-8 (nor marked as UTF-16), or not what its suffix says.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DataError(
            f"{path}: the suffix {path.suffix!r} is not one of {', '.join(TABLE_SUFFIXES)}"
        )
    rows = reader(path)
    if not rows:
        raise DataError(f"{path}: the file has no rows")
    return [_repaired(row) for row in rows] if repair else rows


def columns_of(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns of all rows, in the order in which they appear: a JSONL row may lack some."""
    return tuple(dict.fromkeys(name for row in rows for name in row))


def _repaired(value: Any) -> Any:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, list):
        return [_repaired(each) for each in value]
    if isinstance(value, dict):
        return {whole_text(name): _repaired(each) for name, each in value.items()}
    return value


def _read_csv(path: Path) -> list[dict[str, Any]]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
    rows: list[dict[str, Any]] = []
    try:
        names = list(reader.fieldnames or ())
        if twice := next((name for name in names if name and names.count(name) > 1), None):
            raise DataError(f"{path}: two columns are called {twice!r}")
        for number, row in enumerate(reader, start=2):
            if None in row:
                raise DataError(
                    f"{path}, row {number}: more fields than the header's {len(row) - 1}"
                )
            if None in row.values():
                raise DataError(f"{path}, row {number}: fewer fields than the header has")
            rows.append(row)
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: not valid CSV ({error})") from None
    return rows


def _read_jsonl(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {number}: not valid JSON ({error})") from None
        if not isinstance(row, dict):
            raise DataError(
                f"{path}, line {number}: expected a JSON object, found {type(row).__name__}"
            )
        rows.append(row)
    return rows


def read_columns(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Some columns of a parquet file; raises ``DataError`` where it lacks one of them."""
    return _read_parquet(path, lambda table: table, columns)


def read_rows_named(path: Path, column: str, names: Collection[str]) -> list[dict[str, Any]]:
    """The rows of a parquet file whose ``column`` is in ``names``; others are not decoded."""
    import pyarrow.compute as pc

    wanted = pa.array(sorted(names), pa.string())
    return _read_parquet(
        path, lambda table: table.filter(pc.is_in(table.column(column), value_set=wanted))
    )


def _read_parquet(
    path: Path,
    choose: Callable[[pa.Table], pa.Table] = lambda table: table,
    columns: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        if missing := [name for name in columns or () if name not in file.schema_arrow.names]:
            raise DataError(f"{path}: the column {missing[0]!r} is missing")
        rows: list[dict[str, Any]] = choose(file.read(columns)).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(f"{path}: not a readable parquet file ({reason})") from None
    return rows


def write_parquet(path: Path, rows: Sequence[dict[str, Any]], schema: pa.Schema) -> None:
    """Write rows as one zstd-compressed parquet file with exactly the columns of ``schema``."""
    write_table(path, pa.Table.from_pylist(list(rows), schema=schema))


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as one zstd-compressed parquet file."""
    import pyarrow.parquet as pq

    with atomic_write(path) as file:
        pq.write_table(table, file, compression="zstd", compression_level=9)


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows as CSV, JSONL or parquet, as the suffix says; ``DataError`` for another suffix.

    Half a surrogate pair, which no file can hold, is written as U+FFFD.
    """
    suffix = path.suffix.lower()
    rows = [_repaired(row) for row in rows]
    if suffix == ".parquet":
        write_parquet(path, rows, pa.Table.from_pylist(list(rows)).schema)
    elif suffix == ".jsonl":
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        with atomic_write(path) as file:
            file.write(lines.encode())
    elif suffix == ".csv":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)
        with atomic_write(path) as file:
            file.write(text.getvalue().encode())
    else:
        raise DataError(f"{path}: the suffix is not one of {', '.join(TABLE_SUFFIXES)}")
