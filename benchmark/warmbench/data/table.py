"""Reads tables of rows from CSV, JSONL or parquet, and writes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from warmbench.errors import DataError
from warmbench.folders import atomic_write

__all__ = [
    "TABLE_SUFFIXES",
    "read_columns",
    "read_rows",
    "read_rows_named",
    "write_parquet",
    "write_rows",
    "write_table",
]

TABLE_SUFFIXES = (".csv", ".jsonl", ".parquet")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a CSV, JSONL or parquet file as dictionaries, told apart by the suffix.

    Raises ``DataError`` when the file is missing, empty, not UTF-8, or not what its suffix says.
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
    return rows


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: byte {error.start} is not UTF-8 (0x{error.object[error.start]:02x}); "
            "save the file as UTF-8"
        ) from None
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})") from None


def _read_csv(path: Path) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(_read_text(path), newline=""), strict=True)
    rows: list[dict[str, Any]] = []
    try:
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
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
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
    """Write rows as CSV, JSONL or parquet, as the suffix says; ``DataError`` for another suffix."""
    suffix = path.suffix.lower()
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
