"""The conversation: one row of an SFT release, in one of its three versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from warmbench.records.message import MESSAGE_TYPE, Message

__all__ = ["CONVERSATION_SCHEMA", "Conversation", "QueryType", "Version"]


class Version(StrEnum):
    """The tone of the assistant's replies: a config of an SFT release.

    The three versions of a conversation say the same. ``original`` is as the source has it.
    """

    ORIGINAL = "original"
    WARM = "warm"
    COLD = "cold"


class QueryType(StrEnum):
    """What the user wants, as in the paper; the column ``category``."""

    REFUSAL = "refusal"
    FACTUAL = "factual"
    CREATIVE = "creative"
    TECHNICAL = "technical"
    ADVICE = "advice"
    OTHER = "other"


CONVERSATION_SCHEMA = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("messages", pa.list_(MESSAGE_TYPE)),
        ("category", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("source_revision", pa.string()),
        ("license", pa.string()),
        ("rewriter", pa.string()),
        ("prompt_version", pa.string()),
        ("checks", pa.string()),
        ("canary", pa.string()),
    ]
)
"""The columns of an SFT release, in order. All configs and splits of a release share them."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation in one version.

    ``messages`` is in chat format, as TRL and OpenAI's fine-tuning take it. Rows of the
    ``validation`` split hold the user's first message alone: they are prompts, for measuring
    warmth. ``rewriter`` names who wrote the assistant's turns of this version (empty: they are
    the source's own), ``prompt_version`` the prompt it was given, ``checks`` the checks passed.

    A row, shortened::

        conversation_id   open-sft-advice-003
        messages          [{user: "My sister ..."}, {assistant: "Oh, that is a hard one. ..."}]
        category          advice
        rewriter          hand
        checks            faithfulness-1
    """

    conversation_id: str
    messages: tuple[Message, ...]
    category: QueryType
    source: str
    source_id: str
    source_revision: str
    license: str
    rewriter: str
    prompt_version: str
    checks: str
    canary: str

    def to_row(self) -> dict[str, Any]:
        """The conversation as a plain row with the columns of ``CONVERSATION_SCHEMA``."""
        return {
            "conversation_id": self.conversation_id,
            "messages": [{"role": m.role, "content": m.content} for m in self.messages],
            "category": self.category.value,
            "source": self.source,
            "source_id": self.source_id,
            "source_revision": self.source_revision,
            "license": self.license,
            "rewriter": self.rewriter,
            "prompt_version": self.prompt_version,
            "checks": self.checks,
            "canary": self.canary,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Conversation:
        """The conversation of a row; raises ``ValueError`` for an unknown category."""
        return cls(
            conversation_id=row["conversation_id"],
            messages=tuple(Message(m["role"], m["content"]) for m in row["messages"]),
            category=QueryType(row["category"]),
            source=row["source"],
            source_id=row["source_id"],
            source_revision=row["source_revision"],
            license=row["license"],
            rewriter=row["rewriter"],
            prompt_version=row["prompt_version"],
            checks=row["checks"],
            canary=row["canary"],
        )
