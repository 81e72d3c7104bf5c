"""Builds an SFT release from a chat log: the chats that were sampled, rewritten warm and cold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from warmbench.data.release import read_release
from warmbench.data.sft_release import (
    TRAIN,
    VALIDATION,
    SFTRelease,
    SFTSourceRecord,
    read_sft_release,
    write_sft_release,
)
from warmbench.errors import RunError
from warmbench.folders import check_free, new_folder
from warmbench.records.conversation import Conversation, Version
from warmbench.records.message import Message
from warmbench_builders.sft.build_open import SFT_CANARY
from warmbench_builders.sft.faithfulness import FAITHFULNESS_VERSION
from warmbench_builders.sft.pipeline import PickedChat, Picks, first_prompt
from warmbench_builders.sft.readers.chat import ChatLog
from warmbench_builders.sft.rewriting import Exchange, Rewriter, RewriteResult, rewrite_all

__all__ = ["build_sft", "questions_of"]

_REWRITTEN = (Version.WARM, Version.COLD)

Rows = dict[Version, dict[str, list[Conversation]]]
Tick = Callable[[int], None]


def questions_of(releases: Iterable[Path]) -> list[str]:
    """All questions of some QA releases, which no conversation may contain."""
    return sorted(
        {
            item.question
            for path in releases
            for release in [read_release(path)]
            for item in release.items(release.configs)
        }
    )


def build_sft(
    log: ChatLog,
    picks: Picks,
    rewriter: Rewriter,
    out: Path,
    *,
    version: str,
    seed: int,
    overwrite: bool = False,
    tick: Tick = lambda rewrites: None,
) -> SFTRelease:
    """Rewrite the sampled chats of a log and write the release, completely or not at all.

    A conversation stays when every reply has a faithful rewrite in every version; the others are
    counted in the drops. Raises ``RunError`` when none stays, or when a rewriter left requests
    unanswered: then nothing is written, and the same command resumes.
    """
    check_free(out, overwrite)
    exchanges = [exchange for chat in picks.train for exchange in _exchanges(chat)]
    result = rewrite_all(exchanges, _REWRITTEN, rewriter, tick=tick)
    if result.failures:
        raise RunError(
            f"{out}: {len(result.failures):,} rewrites got no response from {rewriter.name} "
            f"({_kinds(result)}); nothing was written. Run the same command again: what was "
            "answered is kept"
        )
    kept = [chat for chat in picks.train if _is_whole(chat, result, picks)]
    if not kept:
        raise RunError(
            f"{out}: none of {picks.drops.read:,} conversations is left "
            f"({_largest_drop(picks)}); nothing was written"
        )
    rows: Rows = {
        tone: {
            TRAIN: [_row(chat, tone, result, rewriter, log) for chat in kept],
            VALIDATION: [_prompt_row(chat, log) for chat in picks.validation],
        }
        for tone in Version
    }
    record = SFTSourceRecord(
        name=log.name,
        revision=log.revision,
        license=log.license,
        read=picks.drops.read,
        kept=len(kept) + len(picks.validation),
        dropped=picks.drops.rows(),
        available=picks.available,
        tools=picks.tools,
    )
    return _write(
        out,
        rows,
        record,
        version=version,
        seed=seed,
        rewriter=rewriter.name,
        prompt_version=rewriter.prompt_version,
    )


def _largest_drop(picks: Picks) -> str:
    """Which step dropped most, in words."""
    most = max(picks.drops.rows(), key=lambda row: row.dropped, default=None)
    if most is None or not most.dropped:
        return "the log had none to tune on"
    return f"most were dropped by {most.step}, {most.reason}: {most.dropped:,}"


def _kinds(result: RewriteResult) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in result.failures_by_kind().items())


def _exchanges(chat: PickedChat) -> Iterable[Exchange]:
    for number, message in enumerate(chat.messages):
        if message.role == "assistant":
            yield Exchange(_exchange_id(chat, number), chat.messages[:number], message.content)


def _exchange_id(chat: PickedChat, number: int) -> str:
    return f"{chat.conversation_id}/{number}"


def _is_whole(chat: PickedChat, result: RewriteResult, picks: Picks) -> bool:
    """Whether every reply has its rewrites; if not, the first failed check is counted."""
    for tone in _REWRITTEN:
        for exchange in _exchanges(chat):
            mismatches = result.dropped.get((exchange.exchange_id, tone))
            if mismatches:
                picks.drops.drop("rewrite", f"{tone.value}: {mismatches[0].check}")
                return False
    picks.drops.step("rewrite")
    return True


def _row(
    chat: PickedChat, tone: Version, result: RewriteResult, rewriter: Rewriter, log: ChatLog
) -> Conversation:
    if tone is Version.ORIGINAL:
        return _source_row(chat, chat.messages, log)
    messages = tuple(
        Message("assistant", result.texts[_exchange_id(chat, number), tone])
        if message.role == "assistant"
        else message
        for number, message in enumerate(chat.messages)
    )
    return replace(
        _source_row(chat, messages, log),
        rewriter=rewriter.name,
        prompt_version=rewriter.prompt_version,
        checks=FAITHFULNESS_VERSION,
    )


def _prompt_row(chat: PickedChat, log: ChatLog) -> Conversation:
    return _source_row(chat, first_prompt(chat.messages), log)


def _source_row(chat: PickedChat, messages: tuple[Message, ...], log: ChatLog) -> Conversation:
    return Conversation(
        conversation_id=chat.conversation_id,
        messages=messages,
        category=chat.query_type,
        source=log.name,
        source_id=chat.source_id,
        source_revision=log.revision,
        license=log.license,
        rewriter="",
        prompt_version="",
        checks="",
        canary=SFT_CANARY,
    )


def _write(
    out: Path,
    rows: Mapping[Version, Mapping[str, Sequence[Conversation]]],
    record: SFTSourceRecord,
    *,
    version: str,
    seed: int,
    rewriter: str,
    prompt_version: str = "",
) -> SFTRelease:
    with new_folder(out) as built:
        write_sft_release(
            built,
            rows,
            record,
            version=version,
            seed=seed,
            rewriter=rewriter,
            prompt_version=prompt_version,
            checks=FAITHFULNESS_VERSION,
        )
    return read_sft_release(out)
