"""Chats in the pipeline: as read, normalised or dropped; logs and files of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from warmbench.errors import OutputError
from warmbench.records.message import Message

__all__ = ["Chat", "ChatFile", "ChatLog", "Dropped", "RawChat", "Step", "one_by_one"]


@dataclass(frozen=True, slots=True)
class RawChat:
    """A chat as its log has it: nothing is known to be text, or in order, or there at all.

    ``turns`` holds (role, content) as found.
    """

    source_id: str
    turns: Sequence[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Chat:
    """A sound chat: user and assistant in turns, the user first, the assistant last."""

    source_id: str
    messages: tuple[Message, ...]

    def text_of(self, role: str) -> str:
        """All that one side says, a line break between turns."""
        return "\n".join(m.content for m in self.messages if m.role == role)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that a step leaves out, with the reason, which is counted."""

    reason: str


Step = Callable[[Sequence[Chat]], Sequence[Chat | Dropped]]
"""Judges some chats at once (a model likes batches): one result for each, in order."""


def one_by_one(judge: Callable[[Chat], Chat | Dropped]) -> Step:
    """A step out of a function of a single chat."""
    return lambda chats: [judge(chat) for chat in chats]


@dataclass(frozen=True)
class ChatLog:
    """``rows`` can be gone through once: each is a chat, or why there is none.

    ``slug`` starts the id of every conversation that is taken from the log.
    """

    name: str
    slug: str
    revision: str
    license: str
    rows: Iterator[RawChat | Dropped]


class ChatFile:
    """JSON lines in a temporary file, so that memory does not grow with the number of chats.

    A context manager; write first, then read. Raises ``OutputError`` when the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")

    def __enter__(self) -> ChatFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, chat: Chat) -> None:
        row = [chat.source_id, [[m.role, m.content] for m in chat.messages]]
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        try:
            self._file.write(line.encode() + b"\n")
        except OSError as error:
            raise OutputError(f"{self._path}: could not be written ({error.strerror})") from None

    def chats(self) -> Iterator[tuple[int, Chat]]:
        """All chats in the order of writing, each with its place."""
        self._file.seek(0)
        place = 0
        for line in self._file:
            yield place, _to_chat(line)
            place += len(line)

    def at(self, place: int) -> Chat:
        """The chat at a place that ``chats`` gave."""
        self._file.seek(place)
        return _to_chat(self._file.readline())


def _to_chat(line: bytes) -> Chat:
    source_id, messages = json.loads(line)
    return Chat(source_id, tuple(Message(role, content) for role, content in messages))
