"""The open SFT set: our own conversations in three parallel versions, CC BY 4.0.

Two JSONL files a query type lie beside this file. ``<type>.jsonl`` holds conversations::

    {"conversation_id": "open-sft-advice-001",
     "turns": [{"user": "...", "original": "...", "warm": "...", "cold": "..."}, ...]}

and ``<type>.prompts.jsonl`` further prompts, for measuring warmth::

    {"conversation_id": "open-sft-advice-v01", "prompt": "..."}

The three versions of a reply say the same; ``warmbench_builders.sft.faithfulness`` checks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warmbench.data.table import read_rows
from warmbench.errors import DataError, first_problem
from warmbench.records.conversation import QueryType, Version
from warmbench.records.message import Message

__all__ = ["OpenConversation", "OpenPrompt", "Turn", "load_open_conversations", "load_open_prompts"]

_ID = r"^open-sft-[a-z]+-\d{3}$"
_PROMPT_ID = r"^open-sft-[a-z]+-v\d{2}$"


class _TurnRow(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    user: str = Field(min_length=2)
    original: str = Field(min_length=2)
    warm: str = Field(min_length=2)
    cold: str = Field(min_length=2)


class _ConversationRow(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    conversation_id: str = Field(pattern=_ID)
    turns: list[_TurnRow] = Field(min_length=1)


class _PromptRow(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    conversation_id: str = Field(pattern=_PROMPT_ID)
    prompt: str = Field(min_length=2)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user says, and the reply in each version."""

    user: str
    original: str
    warm: str
    cold: str

    def reply(self, version: Version) -> str:
        """The assistant's reply in one version."""
        return {
            Version.ORIGINAL: self.original,
            Version.WARM: self.warm,
            Version.COLD: self.cold,
        }[version]


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """One conversation of the open set, in all its versions."""

    conversation_id: str
    category: QueryType
    turns: tuple[Turn, ...]

    def messages(self, version: Version) -> tuple[Message, ...]:
        """The conversation in chat format, in one version."""
        return tuple(
            message
            for turn in self.turns
            for message in (
                Message("user", turn.user),
                Message("assistant", turn.reply(version)),
            )
        )


@dataclass(frozen=True, slots=True)
class OpenPrompt:
    """A prompt of the open set that no version is tuned on."""

    conversation_id: str
    category: QueryType
    prompt: str


def load_open_conversations() -> list[OpenConversation]:
    """All conversations, by query type and id; raises ``DataError`` for a malformed file."""
    return [
        OpenConversation(
            row.conversation_id,
            category,
            tuple(Turn(t.user, t.original, t.warm, t.cold) for t in row.turns),
        )
        for category in QueryType
        for row in _rows(_ConversationRow, f"{category}.jsonl")
    ]


def load_open_prompts() -> list[OpenPrompt]:
    """All prompts, by query type and id; raises ``DataError`` for a malformed file."""
    return [
        OpenPrompt(row.conversation_id, category, row.prompt)
        for category in QueryType
        for row in _rows(_PromptRow, f"{category}.prompts.jsonl")
    ]


_Row = TypeVar("_Row", bound=BaseModel)


def _rows(model: type[_Row], name: str) -> Iterable[_Row]:
    path = Path(str(files("warmbench_builders.sft.open_set").joinpath(name)))
    for number, row in enumerate(read_rows(path), start=1):
        try:
            yield model.model_validate(row)
        except ValidationError as error:
            raise DataError(f"{path}, line {number}: {first_problem(error)}") from None
