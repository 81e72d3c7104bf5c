"""The prompt set: which prompts a run asks to measure warmth, and of which SFT release."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from warmbench.data.sft_release import (
    VALIDATION,
    SFTRelease,
    open_sft_release_path,
    read_sft_release,
)
from warmbench.records.conversation import Conversation, Version
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.prompt import Prompt
from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Study

__all__ = ["NO_PROMPTS", "PromptSet", "can_answer_prompts", "choose_prompts", "select_prompts"]


@dataclass(frozen=True, slots=True)
class PromptSet:
    """Some prompts, and the SFT release they are of (None: there are no prompts)."""

    prompts: tuple[Prompt, ...] = ()
    release: ReleaseRecord | None = None


NO_PROMPTS = PromptSet()


def can_answer_prompts(study: Study) -> bool:
    """Whether all arms can be asked what nobody recorded: a replayed one can't."""
    return all(parse_model_spec(arm.model).engine != "replay" for arm in study.arms)


def choose_prompts(
    study: Study, selection: Selection, release: SFTRelease | None = None
) -> PromptSet:
    """The prompts that a run of ``study`` asks; none where an arm replays recorded answers.

    ``release``: by default the open SFT release that ships in the package. The choice is seeded
    by the release, so that all studies answer the same prompts.
    """
    if selection.warmth_prompts == 0 or not can_answer_prompts(study):
        return NO_PROMPTS
    source = release or read_sft_release(open_sft_release_path())
    manifest = source.manifest
    conversations = source.conversations(Version.ORIGINAL, VALIDATION)
    return PromptSet(
        tuple(select_prompts(conversations, selection, manifest.seed)),
        ReleaseRecord(
            name=manifest.name,
            version=manifest.version,
            fingerprint=manifest.fingerprint,
            released=manifest.released,
        ),
    )


def select_prompts(
    conversations: Sequence[Conversation], selection: Selection, seed: int
) -> list[Prompt]:
    """The prompts that a selection asks of a validation split, ordered by id.

    They are the first by a seeded hash of their id: a larger number asks the same and more.
    """
    by_hash = sorted(conversations, key=lambda c: _seeded_hash(seed, c))
    chosen = by_hash[: selection.warmth_prompts]
    return [Prompt.of(c) for c in sorted(chosen, key=lambda c: c.conversation_id)]


def _seeded_hash(seed: int, conversation: Conversation) -> str:
    return hashlib.sha256(f"{seed}/{conversation.conversation_id}".encode()).hexdigest()
