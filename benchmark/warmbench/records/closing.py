"""The closing turn: what is asked of a model after its reply, for the answer in a few words.

It is a further turn of the same conversation, so the reply is what it was without it. See
``docs/closing-question.md`` for the sentence and for what is done with the answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from warmbench.records.message import Message
from warmbench.records.request import Request

__all__ = ["CLOSING_QUESTION", "CLOSING_TOKENS", "closing_key", "closing_request"]

CLOSING_QUESTION = "State your answer to my question in a few words, without any explanation."
"""The sentence that is asked. It is part of the key, so another one is another request."""

CLOSING_TOKENS = 48
"""The usual limit of a stated answer. Most take fewer than 20 tokens."""


def closing_request(request: Request, reply: str, max_tokens: int) -> Request:
    """The closing turn of a request that was answered with ``reply``.

    The likeliest words are taken (temperature 0): a second draw would differ from the reply by
    chance alone. A reasoning model has its reasoning tokens once more.
    """
    turns = (Message("assistant", reply), Message("user", CLOSING_QUESTION))
    return replace(
        request,
        key=closing_key(request.key, reply, max_tokens),
        messages=(*request.messages, *turns),
        temperature=0.0,
        max_tokens=max_tokens + request.reasoning_tokens,
        closes=request.key,
    )


def closing_key(key: str, reply: str, max_tokens: int) -> str:
    """SHA-256 (hex) of all that can change the stated answer: the request ``key``, its reply, what
    is asked then, and its limit."""
    parts = [key, _digest(reply), CLOSING_QUESTION, str(max_tokens)]
    return _digest(json.dumps(parts, ensure_ascii=True, separators=(",", ":")))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
