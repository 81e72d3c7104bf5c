"""The columns of a run's tables: its responses, and the verdicts on them."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["RESPONSE_SCHEMA", "VERDICT_SCHEMA"]

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
        ("reasoning_tokens", pa.int32()),
        ("key", pa.string()),
    ]
)

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
