"""What engines of local models share: the hash of files that pins the weights, and blocks, the
requests that an engine draws together from one random stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from warmbench.records.request import Request

__all__ = ["block_seed", "files_revision", "in_blocks"]


def files_revision(paths: Iterable[Path]) -> str:
    """16 hex digits over the contents of the files, in the order given; read piece by piece."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


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
