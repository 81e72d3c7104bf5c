"""The formats of a chat in a row: ShareGPT's, WildChat's, and that of chat APIs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from warmbench_builders.sft.filters.chat import Dropped, RawChat

__all__ = ["read_chat", "read_chats"]

_TURN_COLUMNS = ("conversations", "conversation", "messages")
"""Where the turns lie: in ShareGPT's files, in WildChat's, in those of chat APIs."""

_ROLE_KEYS, _CONTENT_KEYS = ("role", "from"), ("content", "value", "text")
_ID_COLUMNS = ("id", "conversation_id", "conversation_hash", "source_id", "custom_id")


def read_chats(rows: Iterable[Any]) -> Iterator[RawChat | Dropped]:
    """Each row as a chat; a row that is already dropped stays so."""
    for number, row in enumerate(rows, start=1):
        yield row if isinstance(row, Dropped) else read_chat(row, number)


def read_chat(row: Any, number: int) -> RawChat | Dropped:
    """The turns of one row; ``number`` names it where it has no id of its own."""
    if not isinstance(row, Mapping):
        return Dropped("a row that is no JSON object")
    turns = next((row[name] for name in _TURN_COLUMNS if name in row), None)
    if not isinstance(turns, list | tuple):
        return Dropped(f"a row without {', '.join(_TURN_COLUMNS[:-1])} or {_TURN_COLUMNS[-1]}")
    found: list[tuple[Any, Any]] = []
    for turn in turns:
        if not isinstance(turn, Mapping):
            return Dropped("a turn that is no JSON object")
        found.append((_first(turn, _ROLE_KEYS), _first(turn, _CONTENT_KEYS)))
    return RawChat(_id_of(row, number), found)


def _first(mapping: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((mapping[key] for key in keys if mapping.get(key) is not None), None)


def _id_of(row: Mapping[str, Any], number: int) -> str:
    found = _first(row, _ID_COLUMNS)
    text = str(found) if isinstance(found, str | int) else f"row {number}"
    return text[:200].encode("utf-8", "replace").decode()
