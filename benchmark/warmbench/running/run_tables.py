"""The tables of a run, made from its ledger: what was answered, and what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warmbench.folders import atomic_write
from warmbench.records.tables import FAILURE_SCHEMA, RESPONSE_SCHEMA
from warmbench.running.ledger_reader import LedgerReader, LedgerRow
from warmbench.running.plan import Place

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["failure_rows", "response_rows", "write_failures", "write_responses"]

_ROWS_AT_ONCE = 5_000

Requests = Iterable[tuple[Place, str]]
"""What each request asks, and its key."""

Batches = Iterator[list[dict[str, Any]]]


def write_responses(path: Path, ledger: LedgerReader, requests: Requests) -> None:
    """Write what the ledger has answered of ``requests``, in their order, in ``RESPONSE_SCHEMA``.

    Memory does not grow with the number of requests. Whole or not at all; raises ``OutputError``.
    """
    _write(path, RESPONSE_SCHEMA, response_rows(ledger, requests))


def write_failures(path: Path, ledger: LedgerReader, requests: Requests) -> None:
    """Write which of ``requests`` were asked and have no answer, in ``FAILURE_SCHEMA``; otherwise
    as ``write_responses``."""
    _write(path, FAILURE_SCHEMA, failure_rows(ledger, requests))


def response_rows(ledger: LedgerReader, requests: Requests) -> Batches:
    """What ``write_responses`` writes, some thousand rows at a time."""
    return _batches(ledger.answers, _response_row, requests)


def failure_rows(ledger: LedgerReader, requests: Requests) -> Batches:
    """What ``write_failures`` writes, some thousand rows at a time."""
    return _batches(ledger.failed, _failure_row, requests)


def _write(path: Path, schema: pa.Schema, batches: Batches) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        atomic_write(path) as file,
        pq.ParquetWriter(file, schema, compression="zstd", compression_level=9) as writer,
    ):
        for rows in batches:
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _batches(
    found: Callable[[Sequence[str]], Mapping[str, LedgerRow]],
    to_row: Callable[[LedgerRow], dict[str, Any]],
    requests: Requests,
) -> Batches:
    left = iter(requests)
    while batch := list(islice(left, _ROWS_AT_ONCE)):
        rows = found([key for _, key in batch])
        yield [
            {"item_id": item_id, "arm": arm, "epoch": epoch, **to_row(rows[key])}
            for (item_id, arm, epoch), key in batch
            if key in rows
        ]


def _response_row(row: LedgerRow) -> dict[str, Any]:
    return {
        "response": row.response,
        "finish_reason": row.finish_reason,
        "prompt_tokens": row.prompt_tokens,
        "completion_tokens": row.completion_tokens,
        "reasoning": row.reasoning or None,
        "reasoning_words": len(row.reasoning.split()) or None,
        "reasoning_tokens": row.reasoning_tokens,
        "key": row.key,
    }


def _failure_row(row: LedgerRow) -> dict[str, Any]:
    return {"kind": row.failure, "finish_reason": row.finish_reason or ""}
