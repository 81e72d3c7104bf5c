"""Small SFT releases and prompts that many tests use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from warmbench.data.sft_release import VALIDATION, SFTRelease, SFTSourceRecord, write_sft_release
from warmbench.records.conversation import Conversation, QueryType, Version
from warmbench.records.message import Message
from warmbench.records.prompt import Prompt
from warmbench.records.release import ReleaseRecord
from warmbench.running.prompt_set import PromptSet

__all__ = ["SFT_RECORD", "make_conversations", "make_prompt_set", "make_sft_release"]

SFT_RECORD = ReleaseRecord(name="sft", version="1.0.0", fingerprint="s")


def make_conversations(count: int) -> list[Conversation]:
    """Validation rows ``talk-000`` on, their query types in turns."""
    types = tuple(QueryType)
    return [
        Conversation(
            conversation_id=f"talk-{number:03d}",
            messages=(Message("user", f"What shall I cook tonight, idea {number}?"),),
            category=types[number % len(types)],
            source="tests",
            source_id=str(number),
            source_revision="1",
            license="CC-BY-4.0",
            rewriter="",
            prompt_version="",
            checks="",
            canary="",
        )
        for number in range(count)
    ]


def make_prompt_set(count: int) -> PromptSet:
    return PromptSet(tuple(map(Prompt.of, make_conversations(count))), SFT_RECORD)


def make_sft_release(path: Path, conversations: Sequence[Conversation], seed: int) -> SFTRelease:
    """A release that holds these prompts and no more."""
    path.mkdir()
    return write_sft_release(
        path,
        {Version.ORIGINAL: {VALIDATION: conversations}},
        SFTSourceRecord(
            name="tests", revision="1", license="CC-BY-4.0", read=len(conversations),
            kept=len(conversations), dropped=(), available={}, tools={},
        ),
        version="1.0.0",
        seed=seed,
        rewriter="hand",
        prompt_version="",
        checks="",
    )  # fmt: skip
