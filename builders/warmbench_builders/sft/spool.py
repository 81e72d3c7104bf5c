"""A spool on disk for chats that passed: written once, read in order or by place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from warmbench.errors import OutputError
from warmbench.records.item import Message
from warmbench_builders.sft.filters.chat import Chat

__all__ = ["Spool"]


class Spool:
    """JSON lines in a temporary file, so that memory does not grow with the number of chats.

    A context manager; write first, then read. Raises ``OutputError`` when the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")

    def __enter__(self) -> Spool:
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
