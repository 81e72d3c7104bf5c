"""The columns of a run's tables: its responses, its failures, and the verdicts."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["FAILURE_SCHEMA", "RESPONSE_SCHEMA", "VERDICT_SCHEMA"]

RESPONSE_SCHEMA = pa.schema(
    [
        ("item_id", pa.string()),
        ("arm", pa.string()),
        ("epoch", pa.int32()),
        ("response", pa.string()),
        ("finish_reason", pa.string()),
        ("prompt_tokens", pa.int32()),
        ("completion_tokens", pa.int32()),
        ("reasoning", pa.string()),
        ("reasoning_words", pa.int32()),
        ("reasoning_tokens", pa.int32()),
        ("key", pa.string()),
    ]
)

FAILURE_SCHEMA = pa.schema(
    [
        ("item_id", pa.string()),
        ("arm", pa.string()),
        ("epoch", pa.int32()),
        ("kind", pa.string()),
        ("finish_reason", pa.string()),
    ]
)
"""A request that was asked and has no answer. ``item_id``: of an item or a prompt; ``kind``: a
``FailureKind``; ``finish_reason``: empty where no reply came."""

VERDICT_SCHEMA = pa.schema(
    [
        ("item_id", pa.string()),
        ("arm", pa.string()),
        ("epoch", pa.int32()),
        ("verdict", pa.string()),
        ("sure", pa.bool_()),
        ("judge", pa.string()),
        ("reason", pa.string()),
    ]
)
