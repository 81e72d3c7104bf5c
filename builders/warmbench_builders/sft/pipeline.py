"""The pipeline: all steps in their order, over a log of any length in bounded memory.

The log is read once. What each chat by itself decides (order of turns, language, content) comes
first; what passes lies in a spool on disk, beside a signature of 264 bytes. When all are read the
signatures are compared, and the spool is read once more for labels, decontamination and drawing.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from warmbench.records.conversation import QueryType
from warmbench.records.item import Message
from warmbench_builders.sft.filters.chat import Chat, Dropped, RawChat, Step, one_by_one
from warmbench_builders.sft.filters.contamination import ContaminationFilter
from warmbench_builders.sft.filters.cut import MOST_TURNS, cut_turns
from warmbench_builders.sft.filters.duplicates import REASONS, Signatures
from warmbench_builders.sft.filters.language import LanguageFilter
from warmbench_builders.sft.filters.normalise import normalise_chat
from warmbench_builders.sft.filters.personal import PersonalDataFilter
from warmbench_builders.sft.filters.query_type import query_type_of
from warmbench_builders.sft.filters.unsafe import UnsafeFilter
from warmbench_builders.sft.funnel import Funnel
from warmbench_builders.sft.readers.log import ChatLog
from warmbench_builders.sft.sample import Sampler
from warmbench_builders.sft.spool import Spool

__all__ = ["PickedChat", "Picks", "Wanted", "chat_id", "pick_chats"]

_AT_ONCE = 256

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
    funnel: Funnel
    available: dict[str, int]
    tools: dict[str, str] = field(default_factory=dict)


def pick_chats(
    log: ChatLog,
    wanted: Wanted,
    unsafe: UnsafeFilter,
    questions: Iterable[str],
    tick: Tick = lambda rows: None,
) -> Picks:
    """Take a log through all steps; ``tick`` is told of rows as they are done with.

    ``questions``: those of the QA releases that no chat may touch.
    """
    funnel = Funnel()
    contamination = ContaminationFilter(questions)
    with tempfile.TemporaryDirectory(prefix="warmbench-sft-") as folder:
        signatures = Signatures(Path(folder) / "signatures")
        with Spool(Path(folder) / "chats.jsonl") as spool:
            _filter(log.rows, _steps(wanted, unsafe), funnel, spool, signatures, tick)
            sampler = Sampler(wanted.train, wanted.validation, wanted.seed)
            _draw(spool, signatures, contamination, sampler, funnel, log.slug)
            train, validation, long = _collect(spool, sampler, funnel, log.slug)
    tools = {
        "language": f"fastText lid.176.ftz, {wanted.language}",
        "unsafe": unsafe.tool,
        "duplicates": signatures.tool,
        "contamination": f"{len(contamination):,} questions, runs of 5 words",
        "cut": f"at {MOST_TURNS} turns; {long:,} were longer",
    }
    available = {query_type.value: sampler.seen[query_type] for query_type in QueryType}
    return Picks(tuple(train), tuple(validation), funnel, available, tools)


def _steps(wanted: Wanted, unsafe: UnsafeFilter) -> dict[str, Step]:
    return {
        "language": one_by_one(LanguageFilter(wanted.language)),
        "unsafe": unsafe,
        "personal": one_by_one(PersonalDataFilter()),
    }


def _filter(
    rows: Iterable[RawChat | Dropped],
    steps: dict[str, Step],
    funnel: Funnel,
    spool: Spool,
    signatures: Signatures,
    tick: Tick,
) -> None:
    """What each chat by itself decides; what passes is spooled and signed."""
    for name in ("read", "normalise", *steps):
        funnel.step(name)
    for some in _batched(rows, _AT_ONCE):
        funnel.read += len(some)
        raw = funnel.keep("read", some)
        chats = funnel.keep("normalise", map(normalise_chat, raw))
        for name, step in steps.items():
            chats = funnel.keep(name, step(chats))
        for chat in chats:
            spool.write(chat)
        signatures.add(chats)
        tick(len(some))


def _draw(
    spool: Spool,
    signatures: Signatures,
    contamination: ContaminationFilter,
    sampler: Sampler,
    funnel: Funnel,
    slug: str,
) -> None:
    """Leave out duplicates and what touches the benchmark, label the rest, offer it."""
    for name in ("duplicates", "contamination"):
        funnel.step(name)
    for duplicate, (place, chat) in zip(signatures.find(), spool.chats(), strict=True):
        if duplicate:
            funnel.drop("duplicates", REASONS[int(duplicate)])
            continue
        result = contamination(chat)
        if isinstance(result, Dropped):
            funnel.drop("contamination", result.reason)
        else:
            sampler.offer(query_type_of(chat), chat_id(slug, chat), place)


def _collect(
    spool: Spool, sampler: Sampler, funnel: Funnel, slug: str
) -> tuple[list[PickedChat], list[PickedChat], int]:
    """The chats that were drawn, cut; and how many were too long."""
    splits: tuple[list[PickedChat], list[PickedChat]] = ([], [])
    long = 0
    for query_type, drawn in sampler.drawn().items():
        for split, places in zip(splits, (drawn.train, drawn.validation), strict=True):
            for place in places:
                chat = spool.at(place)
                long += len(chat.messages) > MOST_TURNS
                messages = cut_turns(chat.messages)
                identity = chat_id(slug, chat)
                split.append(PickedChat(identity, chat.source_id, query_type, messages))
        left = sampler.seen[query_type] - len(drawn.train) - len(drawn.validation)
        if left:
            funnel.drop("sample", f"{query_type.value}, not drawn", left)
    funnel.step("sample")
    return _in_order(splits[0]), _in_order(splits[1]), long


def _in_order(chats: Sequence[PickedChat]) -> list[PickedChat]:
    return sorted(chats, key=lambda chat: chat.conversation_id)


def chat_id(slug: str, chat: Chat) -> str:
    """An id made of what is said: the same chat has it in any log order."""
    text = "\n".join(f"{m.role}:{m.content}" for m in chat.messages)
    return f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _batched(rows: Iterable[_Row], size: int) -> Iterator[list[_Row]]:
    iterator = iter(rows)
    while some := list(islice(iterator, size)):
        yield some
