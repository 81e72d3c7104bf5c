"""What flows through the pipeline: a chat as read, a chat made sound, or the reason it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.records.item import Message

__all__ = ["Chat", "Dropped", "RawChat", "Step", "one_by_one"]


@dataclass(frozen=True, slots=True)
class RawChat:
    """A chat as its log has it: nothing is known to be text, or in order, or there at all.

    ``turns`` holds (role, content) as found.
    """

    source_id: str
    turns: Sequence[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Chat:
    """A sound chat: user and assistant in turns, the user first, the assistant last."""

    source_id: str
    messages: tuple[Message, ...]

    def text_of(self, role: str) -> str:
        """All that one side says, a line break between turns."""
        return "\n".join(m.content for m in self.messages if m.role == role)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that a step leaves out, with the reason that the funnel counts."""

    reason: str


Step = Callable[[Sequence[Chat]], Sequence[Chat | Dropped]]
"""Judges some chats at once (a model likes batches): one result for each, in order."""


def one_by_one(judge: Callable[[Chat], Chat | Dropped]) -> Step:
    """A step out of a function of a single chat."""
    return lambda chats: [judge(chat) for chat in chats]
