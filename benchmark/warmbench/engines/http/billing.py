"""What a request may cost, before it is sent."""

from __future__ import annotations

from warmbench.records.request import Request
from warmbench.records.response import Tokens

__all__ = ["at_most"]

_SHORTEST_TOKEN = 3  # characters; English has four to a token
_MARKS = 8  # tokens that a chat template puts around one message


def at_most(request: Request) -> Tokens:
    """The tokens it may be billed for: its text in short tokens, and a full reply."""
    characters = sum(len(message.content) for message in request.messages)
    prompt = characters // _SHORTEST_TOKEN + _MARKS * len(request.messages)
    return Tokens(prompt, request.max_tokens)
