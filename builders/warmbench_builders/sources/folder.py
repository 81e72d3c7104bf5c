"""Upstream files on disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

from warmbench.data.table import read_rows
from warmbench.errors import DataError
from warmbench.tasks.task_spec import Source
from warmbench_builders.sources.batch import Batch, Origin, Row, make_batch, read_source, source_of

__all__ = ["folder_batch"]


def folder_batch(root: Path, task: str, *, wanted: int | None, seed: int) -> Batch | None:
    """The questions of one task from its file somewhere under ``root``; None when there is none.

    Raises ``DataError`` when two files fit, or when one lacks a column.
    """
    upstream = source_of(task)
    path = _find(root, upstream)
    if path is None:
        return None
    rows = read_rows(path)
    _check_columns(path, rows[0], upstream)
    revision = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    origin = Origin(upstream.repo, revision, upstream.license)
    try:
        results = read_source(upstream, rows, origin)
        return make_batch(task, task, origin, results, wanted=wanted, seed=seed)
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: a row is not as upstream writes it ({type(error).__name__}: {error})"
        ) from None


def _find(root: Path, upstream: Source) -> Path | None:
    found = sorted({path for pattern in upstream.file_patterns for path in root.rglob(pattern)})
    if len(found) > 1:
        names = ", ".join(str(path.relative_to(root)) for path in found)
        raise DataError(f"{root}: more than one file for {upstream.repo}: {names}; keep one")
    return found[0] if found else None


def _check_columns(path: Path, row: Row, upstream: Source) -> None:
    names = {name.lower().replace(" ", "_") for name in row}
    for column in upstream.columns:
        if column.lower().replace(" ", "_") not in names:
            raise DataError(f"{path}: no column {column!r}; it has {', '.join(row)}")
