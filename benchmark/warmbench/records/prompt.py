"""The prompt: one first message of a user, asked of every arm to measure how warm it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warmbench.records.conversation import Conversation, QueryType
from warmbench.records.message import MESSAGE_TYPE, Message

__all__ = ["PROMPT_SCHEMA", "Prompt"]

PROMPT_SCHEMA = pa.schema(
    [
        ("item_id", pa.string()),
        ("conversation_id", pa.string()),
        ("category", pa.string()),
        ("messages", pa.list_(MESSAGE_TYPE)),
        ("source", pa.string()),
        ("license", pa.string()),
        ("canary", pa.string()),
    ]
)
"""The columns of a run's prompts, in order."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A validation prompt of an SFT release, as a run asks it. It has no right answer.

    A row, shortened::

        item_id           warmth/open-sft-advice-103
        conversation_id   open-sft-advice-103
        category          advice
        messages          [{user: "My flatmate never washes up ..."}]
    """

    conversation_id: str
    category: QueryType
    messages: tuple[Message, ...]
    source: str
    license: str
    canary: str

    @property
    def item_id(self) -> str:
        """``warmth/<conversation_id>``: no item of a QA release is called so."""
        return f"warmth/{self.conversation_id}"

    @classmethod
    def of(cls, conversation: Conversation) -> Prompt:
        """The prompt that a row of an SFT release's validation split is."""
        return cls(
            conversation_id=conversation.conversation_id,
            category=conversation.category,
            messages=conversation.messages,
            source=conversation.source,
            license=conversation.license,
            canary=conversation.canary,
        )

    def to_row(self) -> dict[str, Any]:
        """The prompt as a plain row with the columns of ``PROMPT_SCHEMA``."""
        return {
            "item_id": self.item_id,
            "conversation_id": self.conversation_id,
            "category": self.category.value,
            "messages": [{"role": m.role, "content": m.content} for m in self.messages],
            "source": self.source,
            "license": self.license,
            "canary": self.canary,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Prompt:
        """The prompt of a row; raises ``ValueError`` for an unknown category."""
        return cls(
            conversation_id=row["conversation_id"],
            category=QueryType(row["category"]),
            messages=tuple(Message(m["role"], m["content"]) for m in row["messages"]),
            source=row["source"],
            license=row["license"],
            canary=row["canary"],
        )
