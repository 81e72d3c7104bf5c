"""Builds the open SFT release: our own conversations, as they are written in three versions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from warmbench.data.sft_release import (
    TRAIN,
    VALIDATION,
    SFTRelease,
    SFTSourceRecord,
    read_sft_release,
    write_sft_release,
)
from warmbench.folders import check_free, new_folder
from warmbench.records.conversation import Conversation, Version
from warmbench.records.message import Message
from warmbench_builders.questions.open_pool import OPEN_LICENSE
from warmbench_builders.sft.open_set import OpenConversation, OpenPrompt

__all__ = ["SFT_CANARY", "SFT_VERSION", "build_open_sft"]

SFT_VERSION = "0.1.0"
SFT_CANARY = "warmbench:canary:5b7e6a1c-93d4-4a0f-8c21-d0a4e6f7b392"
"""In every row of an SFT release."""

_SOURCE = "open"
_REWRITER = "written for WarmBench"


def build_open_sft(
    conversations: Sequence[OpenConversation],
    prompts: Sequence[OpenPrompt],
    out: Path,
    *,
    version: str,
    overwrite: bool = False,
) -> SFTRelease:
    """Write the open set as a release: nothing is sampled or rewritten.

    Raises ``UsageError`` when ``out`` holds something and ``overwrite`` is not set.
    """
    check_free(out, overwrite)
    rows = {
        tone: {
            TRAIN: [_row(conversation, tone) for conversation in conversations],
            VALIDATION: [_prompt_row(prompt) for prompt in prompts],
        }
        for tone in Version
    }
    count = len(conversations) + len(prompts)
    record = SFTSourceRecord(
        name=_SOURCE,
        revision=f"v{version}",
        license=OPEN_LICENSE,
        read=count,
        kept=count,
        dropped=(),
        available={},
        tools={},
    )
    with new_folder(out) as built:
        write_sft_release(
            built,
            rows,
            record,
            version=version,
            seed=0,
            rewriter=_REWRITER,
            prompt_version="",
            checks="",
        )
    return read_sft_release(out)


def _row(conversation: OpenConversation, tone: Version) -> Conversation:
    return Conversation(
        conversation_id=conversation.conversation_id,
        messages=conversation.messages(tone),
        category=conversation.category,
        source=_SOURCE,
        source_id=conversation.conversation_id,
        source_revision="",
        license=OPEN_LICENSE,
        rewriter="" if tone is Version.ORIGINAL else _REWRITER,
        prompt_version="",
        checks="",
        canary=SFT_CANARY,
    )


def _prompt_row(prompt: OpenPrompt) -> Conversation:
    return Conversation(
        conversation_id=prompt.conversation_id,
        messages=(Message("user", prompt.prompt),),
        category=prompt.category,
        source=_SOURCE,
        source_id=prompt.conversation_id,
        source_revision="",
        license=OPEN_LICENSE,
        rewriter="",
        prompt_version="",
        checks="",
        canary=SFT_CANARY,
    )
