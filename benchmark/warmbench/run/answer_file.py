"""Writes the answers of a run as parquet, some thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from warmbench.folders import atomic_write
from warmbench.records.request import Request
from warmbench.run.folder import RESPONSE_SCHEMA
from warmbench.run.ledger import Ledger

__all__ = ["write_answers"]

_ROWS_AT_ONCE = 5_000


def write_answers(path: Path, ledger: Ledger, requests: Iterable[Request]) -> None:
    """Write what the ledger has answered of ``requests``, in their order, in ``RESPONSE_SCHEMA``.

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


def _batches(ledger: Ledger, requests: Iterable[Request]) -> Iterator[list[dict[str, Any]]]:
    left = iter(requests)
    while batch := list(islice(left, _ROWS_AT_ONCE)):
        answers = ledger.answers([request.key for request in batch])
        yield [
            {
                "item_id": request.item_id,
                "arm": request.arm,
                "epoch": request.epoch,
                "response": row.response,
                "finish_reason": row.finish_reason,
                "prompt_tokens": row.prompt_tokens,
                "completion_tokens": row.completion_tokens,
                "key": request.key,
            }
            for request in batch
            if (row := answers.get(request.key))
        ]
