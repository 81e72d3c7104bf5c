"""A request: one thing that is sent to a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.records.message import Message
from warmbench.records.request_extras import NO_EXTRAS, RequestExtras

__all__ = ["Request", "request_key"]

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt for one arm. ``key`` names it in the ledger; ``seed`` is its own.

    ``block`` is its place in the plan divided by the engine's ``block_size``: engines that draw
    a whole batch from one random stream answer a block at a time, so that a run that was
    stopped and resumed draws the same answers. ``max_tokens`` counts what the model may write
    in all, ``reasoning_tokens`` of it before its answer (0: none are set apart).
    ``closes``: the key of the request whose reply this one asks to state in a few words
    (``records.closing``).
    """

    key: str
    arm: str
    item_id: str
    epoch: int
    messages: tuple[Message, ...]
    temperature: float
    max_tokens: int
    top_p: float
    seed: int
    block: int = 0
    reasoning_tokens: int = 0
    extras: RequestExtras = NO_EXTRAS
    closes: str | None = None


def request_key(
    identity: Mapping[str, str | None],
    *,
    arm: str,
    system: str | None,
    sampling: Mapping[str, Any],
    messages: Sequence[Message],
    item_id: str,
    seed: int,
    epoch: int,
) -> str:
    """SHA-256 (hex) of everything that can change an answer. The arm is part of it: two arms
    never share an answer, even when they are the same model.

    ``sampling``: the study's, with the arm's own settings (``Study.sampling_of``)."""
    parts = {
        "identity": dict(identity),
        "arm": arm,
        "system": system,
        "sampling": dict(sampling),
        "messages": [[m.role, m.content] for m in messages],
        "item_id": item_id,
        "seed": seed,
        "epoch": epoch,
    }
    return hashlib.sha256(_CANONICAL.encode(parts).encode("utf-8", "surrogatepass")).hexdigest()
