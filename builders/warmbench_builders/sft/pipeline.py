"""The pipeline: all steps in order, over a log of any length in bounded memory.

The log is read once. The filters that look at one chat at a time (order of turns, language,
content) come first; chats that pass are written to a file, with a signature of 264 bytes each. Then
the signatures are compared, and the file is read again for labels, decontamination and sampling.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from warmbench.data.sft_release import DropRecord
from warmbench.records.conversation import QueryType
from warmbench.records.message import Message
from warmbench_builders.sft.filters.contamination import ContaminationFilter
from warmbench_builders.sft.filters.duplicates import REASONS, Signatures
from warmbench_builders.sft.filters.language import LanguageFilter
from warmbench_builders.sft.filters.normalise import normalise_chat
from warmbench_builders.sft.filters.personal import PersonalDataFilter
from warmbench_builders.sft.filters.query_type import query_type_of
from warmbench_builders.sft.filters.unsafe import UnsafeFilter
from warmbench_builders.sft.readers.chat import (
    Chat,
    ChatFile,
    ChatLog,
    Dropped,
    RawChat,
    Step,
    one_by_one,
)
from warmbench_builders.sft.sample import Sampler

__all__ = [
    "DropCounts",
    "PickedChat",
    "Picks",
    "Wanted",
    "chat_id",
    "cut_turns",
    "first_prompt",
    "pick_chats",
]

_Kept = TypeVar("_Kept")


@dataclass
class DropCounts:
    """Counts by step and reason. ``read`` counts every row of the source, sound or not."""

    read: int = 0
    _dropped: dict[str, Counter[str]] = field(default_factory=dict)

    def step(self, name: str) -> Counter[str]:
        """The counter of a step; steps stand in the order in which they are first named."""
        return self._dropped.setdefault(name, Counter())

    def drop(self, step: str, reason: str, count: int = 1) -> None:
        """Count rows that a step dropped."""
        self.step(step)[reason] += count

    def keep(self, step: str, results: Iterable[_Kept | Dropped]) -> list[_Kept]:
        """What a step keeps; what it drops is counted."""
        counter = self.step(step)
        kept = []
        for result in results:
            if isinstance(result, Dropped):
                counter[result.reason] += 1
            else:
                kept.append(result)
        return kept

    def rows(self) -> tuple[DropRecord, ...]:
        """The table: a line a reason, most frequent first; a step that dropped none has one."""
        return tuple(
            DropRecord(step=step, reason=reason, dropped=count)
            for step, counter in self._dropped.items()
            for reason, count in sorted(counter.items(), key=_by_count) or [("", 0)]
        )


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


MAX_TURNS = 20
"""As in the paper; longer chats are cut. A turn is one message, of the user or the assistant."""

_BATCH = 256

_Row = TypeVar("_Row")
Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many conversations of each split, in what language, drawn by which seed."""

    train: int
    validation: int
    language: str
    seed: int


@dataclass(frozen=True, slots=True)
class PickedChat:
    """A chat that was drawn, with its id and label; ``messages`` are cut."""

    conversation_id: str
    source_id: str
    query_type: QueryType
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Picks:
    """What came out: the chats of each split, the counts, and what was judged with."""

    train: tuple[PickedChat, ...]
    validation: tuple[PickedChat, ...]
    drops: DropCounts
    available: dict[str, int]
    tools: dict[str, str] = field(default_factory=dict)


def pick_chats(
    log: ChatLog,
    wanted: Wanted,
    unsafe: UnsafeFilter,
    questions: Iterable[str],
    tick: Tick = lambda rows: None,
) -> Picks:
    """Take a log through all steps; ``tick`` is called with how many rows were read.

    ``questions``: those of the QA releases, which no chat may contain.
    """
    drops = DropCounts()
    contamination = ContaminationFilter(questions)
    with tempfile.TemporaryDirectory(prefix="warmbench-sft-") as folder:
        signatures = Signatures(Path(folder) / "signatures")
        with ChatFile(Path(folder) / "chats.jsonl") as stored:
            _filter(log.rows, _steps(wanted, unsafe), drops, stored, signatures, tick)
            sampler = Sampler(wanted.train, wanted.validation, wanted.seed)
            _draw(stored, signatures, contamination, sampler, drops, log.slug)
            train, validation, long = _collect(stored, sampler, drops, log.slug)
    tools = {
        "language": f"fastText lid.176.ftz, {wanted.language}",
        "unsafe": unsafe.tool,
        "duplicates": signatures.tool,
        "contamination": f"{len(contamination):,} questions, runs of 5 words",
        "cut": f"at {MAX_TURNS} turns; {long:,} were longer",
    }
    available = {query_type.value: sampler.seen[query_type] for query_type in QueryType}
    return Picks(tuple(train), tuple(validation), drops, available, tools)


def _steps(wanted: Wanted, unsafe: UnsafeFilter) -> dict[str, Step]:
    return {
        "language": one_by_one(LanguageFilter(wanted.language)),
        "unsafe": unsafe,
        "personal": one_by_one(PersonalDataFilter()),
    }


def _filter(
    rows: Iterable[RawChat | Dropped],
    steps: dict[str, Step],
    drops: DropCounts,
    stored: ChatFile,
    signatures: Signatures,
    tick: Tick,
) -> None:
    """The filters that look at one chat at a time; chats that pass are stored and signed."""
    for name in ("read", "normalise", *steps):
        drops.step(name)
    for some in _batched(rows, _BATCH):
        drops.read += len(some)
        raw = drops.keep("read", some)
        chats = drops.keep("normalise", map(normalise_chat, raw))
        for name, step in steps.items():
            chats = drops.keep(name, step(chats))
        for chat in chats:
            stored.write(chat)
        signatures.add(chats)
        tick(len(some))


def _draw(
    stored: ChatFile,
    signatures: Signatures,
    contamination: ContaminationFilter,
    sampler: Sampler,
    drops: DropCounts,
    slug: str,
) -> None:
    """Drop duplicates and what contains benchmark questions; label the rest and sample it."""
    for name in ("duplicates", "contamination"):
        drops.step(name)
    for duplicate, (place, chat) in zip(signatures.find(), stored.chats(), strict=True):
        if duplicate:
            drops.drop("duplicates", REASONS[int(duplicate)])
            continue
        result = contamination(chat)
        if isinstance(result, Dropped):
            drops.drop("contamination", result.reason)
        else:
            sampler.offer(query_type_of(chat), chat_id(slug, chat), place)


def _collect(
    stored: ChatFile, sampler: Sampler, drops: DropCounts, slug: str
) -> tuple[list[PickedChat], list[PickedChat], int]:
    """The chats that were drawn, cut; and how many were too long."""
    splits: tuple[list[PickedChat], list[PickedChat]] = ([], [])
    long = 0
    for query_type, drawn in sampler.drawn().items():
        for split, places in zip(splits, (drawn.train, drawn.validation), strict=True):
            for place in places:
                chat = stored.at(place)
                long += len(chat.messages) > MAX_TURNS
                messages = cut_turns(chat.messages)
                identity = chat_id(slug, chat)
                split.append(PickedChat(identity, chat.source_id, query_type, messages))
        left = sampler.seen[query_type] - len(drawn.train) - len(drawn.validation)
        if left:
            drops.drop("sample", f"{query_type.value}, not drawn", left)
    drops.step("sample")
    return _in_order(splits[0]), _in_order(splits[1]), long


def _in_order(chats: Sequence[PickedChat]) -> list[PickedChat]:
    return sorted(chats, key=lambda chat: chat.conversation_id)


def cut_turns(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The first ``MAX_TURNS`` messages; they end with the assistant's, as the number is even."""
    return messages[:MAX_TURNS]


def first_prompt(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The user's first message alone."""
    return messages[:1]


def chat_id(slug: str, chat: Chat) -> str:
    """An id from the chat's content: it does not depend on the order of the log."""
    text = "\n".join(f"{m.role}:{m.content}" for m in chat.messages)
    return f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _batched(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    iterator = iter(rows)
    while some := list(islice(iterator, size)):
        yield some
