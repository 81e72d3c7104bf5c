"""What engines of local models share: the hash of files that pins the weights, blocks (the
requests that an engine draws together from one random stream), and prompts that are too long."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind

__all__ = [
    "block_seed",
    "files_revision",
    "folder_revision",
    "in_blocks",
    "refuse_address",
    "too_long",
    "weights_revision",
]

_WEIGHTS = ("*.safetensors", "*.bin", "*.gguf")
_READ_WITH_THEM = ("config.json", "chat_template*", "*token*", "vocab.*", "merges.txt", "*.model",
                   "*.tiktoken")  # fmt: skip
"""Files of a model beside its weights that can change an answer: what it computes, how text
becomes tokens, how messages become text. (``generation_config.json`` is left unread.)"""


def refuse_address(spec: ModelSpec) -> None:
    """Raise ``UsageError`` for a model with an ``@base_url``."""
    if spec.base_url:
        raise UsageError(
            f"{spec}: the {spec.engine} engine runs on this machine and doesn't take an address"
        )


def files_revision(paths: Iterable[Path]) -> str:
    """16 hex digits over the contents of the files, in the order given; read piece by piece."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def weights_revision(folder: Path) -> str | None:
    """``files_revision`` of all the weights of a model; None where it has none."""
    found = _files(folder, _WEIGHTS)
    return files_revision(found) if found else None


def folder_revision(folder: Path) -> str | None:
    """``files_revision`` of all that can change a model's answers; None where it has no weights."""
    if not _files(folder, _WEIGHTS):
        return None
    return files_revision(_files(folder, (*_WEIGHTS, *_READ_WITH_THEM)))


def _files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """Files that match, in the order of the patterns and of their names, each once."""
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    return [path for path in dict.fromkeys(found) if path.is_file()]


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


def too_long(request: Request, prompt: int, context: int) -> Failure:
    """The failure of a request whose prompt (tokens) leaves too little of the model's context."""
    message = (
        f"the prompt's {prompt} tokens and the answer's {request.max_tokens} exceed the model's "
        f"context of {context}"
    )
    return Failure(request.key, FailureKind.BAD_REQUEST, message)
