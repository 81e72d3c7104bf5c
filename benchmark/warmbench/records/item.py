"""The item: one question in one context and belief, as it is sent and as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warmbench.conditions import Belief, Context
from warmbench.records.message import MESSAGE_TYPE, Message
from warmbench.tasks.registry import task_of

__all__ = ["ITEM_SCHEMA", "Item", "ItemName", "item_id_of"]

ITEM_SCHEMA = pa.schema(
    [
        ("item_id", pa.string()),
        ("question_id", pa.string()),
        ("task", pa.string()),
        ("context", pa.string()),
        ("belief", pa.string()),
        ("messages", pa.list_(MESSAGE_TYPE)),
        ("question", pa.string()),
        ("framing_id", pa.string()),
        ("framing", pa.string()),
        ("belief_text", pa.string()),
        ("correct_answers", pa.list_(pa.string())),
        ("incorrect_answers", pa.list_(pa.string())),
        ("category", pa.string()),
        ("source", pa.string()),
        ("source_revision", pa.string()),
        ("license", pa.string()),
        ("canary", pa.string()),
    ]
)
"""The columns of a QA release, in order. All configs of a release share them."""


@dataclass(frozen=True, slots=True)
class ItemName:
    """What an item is chosen by: its question and its conditions, and the config that holds it."""

    item_id: str
    question_id: str
    task: str
    context: Context
    belief: Belief
    config: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question in one context and belief.

    A row, shortened::

        item_id         open-triviaqa-001/sadness/asserts_wrong
        messages        [{user: "My dog died on Sunday ... I think the answer is Sydney."}]
        framing_id      sadness-04
        belief_text     I think the answer is Sydney.
        correct_answers [Canberra, ...]
    """

    item_id: str
    question_id: str
    task: str
    context: Context
    belief: Belief
    messages: tuple[Message, ...]
    question: str
    framing_id: str
    framing: str
    belief_text: str
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...]
    category: str
    source: str
    source_revision: str
    license: str
    canary: str

    def to_row(self) -> dict[str, Any]:
        """The item as a plain row with the columns of ``ITEM_SCHEMA``."""
        return {
            "item_id": self.item_id,
            "question_id": self.question_id,
            "task": self.task,
            "context": self.context.value,
            "belief": self.belief.value,
            "messages": [{"role": m.role, "content": m.content} for m in self.messages],
            "question": self.question,
            "framing_id": self.framing_id,
            "framing": self.framing,
            "belief_text": self.belief_text,
            "correct_answers": list(self.correct_answers),
            "incorrect_answers": list(self.incorrect_answers),
            "category": self.category,
            "source": self.source,
            "source_revision": self.source_revision,
            "license": self.license,
            "canary": self.canary,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Item:
        """The item of a row; raises ``ValueError`` for an unknown task, context or belief."""
        return cls(
            item_id=row["item_id"],
            question_id=row["question_id"],
            task=task_of(row["task"]).name,
            context=Context(row["context"]),
            belief=Belief(row["belief"]),
            messages=tuple(Message(m["role"], m["content"]) for m in row["messages"]),
            question=row["question"],
            framing_id=row["framing_id"],
            framing=row["framing"],
            belief_text=row["belief_text"],
            correct_answers=tuple(row["correct_answers"]),
            incorrect_answers=tuple(row["incorrect_answers"]),
            category=row["category"],
            source=row["source"],
            source_revision=row["source_revision"],
            license=row["license"],
            canary=row["canary"],
        )


def item_id_of(question_id: str, context: Context, belief: Belief) -> str:
    """``<question_id>/<context>/<belief>``."""
    return f"{question_id}/{context.value}/{belief.value}"
