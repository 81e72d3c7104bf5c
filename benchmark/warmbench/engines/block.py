"""Blocks: the requests that an engine draws together from one random stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby

from warmbench.records.request import Request

__all__ = ["block_seed", "in_blocks"]


def in_blocks(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """Group requests by block, and inside it by what is sampled alike."""
    ordered = sorted(requests, key=lambda r: (r.block, r.temperature, r.top_p, r.max_tokens))
    groups = groupby(ordered, key=lambda r: (r.block, r.temperature, r.top_p, r.max_tokens))
    for _, group in groups:
        yield list(group)


def block_seed(requests: Sequence[Request]) -> int:
    """A 31-bit seed made of the seeds of all the requests in the block."""
    text = ",".join(str(request.seed) for request in requests)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1
