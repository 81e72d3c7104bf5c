"""Small chats for the tests of the pipeline."""

from __future__ import annotations

from warmbench.records.message import Message
from warmbench_builders.sft.readers.chat import Chat

__all__ = ["make_chat"]


def make_chat(*texts: str, source_id: str = "x") -> Chat:
    """A chat of these texts, the user's first."""
    roles = ("user", "assistant")
    return Chat(source_id, tuple(Message(roles[n % 2], text) for n, text in enumerate(texts)))
