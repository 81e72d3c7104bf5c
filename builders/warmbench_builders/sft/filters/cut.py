"""Cutting long chats, and making prompts of those kept for validation."""

from __future__ import annotations

from warmbench.records.item import Message

__all__ = ["MOST_TURNS", "cut_turns", "first_prompt"]

MOST_TURNS = 20
"""As in the paper. A turn is one message, of the user or of the assistant."""


def cut_turns(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The first ``MOST_TURNS`` messages; they end with the assistant's, as the number is even."""
    return messages[:MOST_TURNS]


def first_prompt(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The user's first message alone."""
    return messages[:1]
