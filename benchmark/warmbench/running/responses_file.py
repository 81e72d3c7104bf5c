"""Writes the answers of a run as parquet, some thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from warmbench.folders import atomic_write
from warmbench.records.tables import RESPONSE_SCHEMA
from warmbench.running.ledger import Ledger
from warmbench.running.plan import Place

__all__ = ["write_responses"]

_ROWS_AT_ONCE = 5_000


def write_responses(path: Path, ledger: Ledger, requests: Iterable[tuple[Place, str]]) -> None:
    """Write what the ledger has answered of ``requests`` (what each asks, and its key), in their
    order, in ``RESPONSE_SCHEMA``.

    Memory does not grow with the number of requests. Whole or not at all; raises ``OutputError``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with (
        atomic_write(path) as file,
        pq.ParquetWriter(file, RESPONSE_SCHEMA, compression="zstd", compression_level=9) as writer,
    ):
        for rows in _batches(ledger, requests):
            writer.write_table(pa.Table.from_pylist(rows, schema=RESPONSE_SCHEMA))


def _batches(
    ledger: Ledger, requests: Iterable[tuple[Place, str]]
) -> Iterator[list[dict[str, Any]]]:
    left = iter(requests)
    while batch := list(islice(left, _ROWS_AT_ONCE)):
        answers = ledger.answers([key for _, key in batch])
        yield [
            {
                "item_id": item_id,
                "arm": arm,
                "epoch": epoch,
                "response": row.response,
                "finish_reason": row.finish_reason,
                "prompt_tokens": row.prompt_tokens,
                "completion_tokens": row.completion_tokens,
                "key": key,
            }
            for (item_id, arm, epoch), key in batch
            if (row := answers.get(key))
        ]
