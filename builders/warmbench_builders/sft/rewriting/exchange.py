"""The exchange: one reply of the assistant with all that was said before it."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.records.item import Message

__all__ = ["Exchange"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One reply to rewrite.

    ``exchange_id`` is ``<conversation_id>/<turn number>``. ``history`` holds the messages before
    the reply, in their original version; the last one is the user's.
    """

    exchange_id: str
    history: tuple[Message, ...]
    reply: str

    @property
    def prompt(self) -> str:
        """What the user said last; empty when nothing was said."""
        return self.history[-1].content if self.history else ""
