"""Chat logs in files: JSON Lines, or one large JSON array as ShareGPT's, read piece by piece.

OpenAssistant's trees: one row a message, one tree a prompt, several replies to each message.

The rows of a tree stand together, parents before children. A tree gives one chat: from its root
down, at each fork the reply that people ranked best.
https://huggingface.co/datasets/OpenAssistant/oasst1
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import IO, Any

from warmbench.errors import UsageError
from warmbench.optional_library import from_extra
from warmbench_builders.sft.readers.chat import ChatLog, Dropped, RawChat

__all__ = [
    "chats_of",
    "is_oasst_row",
    "open_file",
    "read_chat",
    "read_chats",
    "read_json_rows",
    "read_trees",
]


def is_oasst_row(row: Any) -> bool:
    """Whether a row is a message of a tree."""
    return isinstance(row, Mapping) and "message_tree_id" in row and "parent_id" in row


def read_trees(rows: Iterable[Any]) -> Iterator[RawChat | Dropped]:
    """One chat a tree; rows that are not messages are dropped."""
    for tree_id, members in groupby(rows, key=_tree_id):
        if tree_id is None:
            for row in members:
                yield row if isinstance(row, Dropped) else Dropped("a row that is in no tree")
        else:
            yield _best_path(str(tree_id), [m for m in members if not m.get("deleted")])


def _tree_id(row: Any) -> Any:
    return row["message_tree_id"] if is_oasst_row(row) else None


def _best_path(tree_id: str, messages: Sequence[Mapping[str, Any]]) -> RawChat | Dropped:
    children: dict[Any, list[Mapping[str, Any]]] = {}
    for message in messages:
        children.setdefault(message["parent_id"], []).append(message)
    turns: list[tuple[Any, Any]] = []
    parent: Any = None
    seen: set[Any] = set()
    while parent not in seen and children.get(parent):
        seen.add(parent)
        best = min(children[parent], key=_rank)
        turns.append((best.get("role"), best.get("text")))
        parent = best.get("message_id")
    if not turns:
        return Dropped("a tree without a root")
    return RawChat(tree_id, turns)


def _rank(message: Mapping[str, Any]) -> tuple[float, str]:
    rank = message.get("rank")
    number = float(rank) if isinstance(rank, int | float) else float("inf")
    return number, str(message.get("message_id"))


_LINE_BYTES = 64 * 2**20
"""A longer line is not read into memory; it is dropped and counted."""

_BOM = b"\xef\xbb\xbf"


def open_file(path: Path) -> ChatLog:
    """The chats of a .json or .jsonl file.

    The revision is the SHA-256 of the file. Raises ``UsageError`` where there is no such file.
    """
    if not path.is_file():
        raise UsageError(f"--source {path}: not open, not hub:NAME, and not a file")
    if path.suffix.lower() not in (".json", ".jsonl"):
        raise UsageError(
            f"--source {path}: the suffix {path.suffix!r} is not .json or .jsonl (ShareGPT's "
            "format, or one object with 'messages' a line)"
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ChatLog(
        name=path.name,
        slug=path.stem.lower().replace(" ", "-")[:40],
        revision=f"sha256:{digest}",
        license="as stated by the source",
        rows=chats_of(read_json_rows(path)),
    )


def chats_of(rows: Iterator[Any]) -> Iterator[Any]:
    """The chats in rows of either kind: a chat a row, or trees with a message a row."""
    first = next(rows, None)
    if first is None:
        return iter(())
    whole = chain([first], rows)
    return read_trees(whole) if is_oasst_row(first) else read_chats(whole)


def read_json_rows(path: Path) -> Iterator[Any]:
    """The values in a file of JSON lines or of one JSON array; what can't be read is dropped."""
    with path.open("rb") as file:
        start = file.read(1024).removeprefix(_BOM).lstrip()
        file.seek(0)
        yield from _array(file) if start.startswith(b"[") else _lines(file)


def _lines(file: IO[bytes]) -> Iterator[Any]:
    for line in iter(lambda: file.readline(_LINE_BYTES), b""):
        if len(line) == _LINE_BYTES and not line.endswith(b"\n"):
            _skip_line(file)
            yield Dropped(f"a line over {_LINE_BYTES // 2**20} MB")
            continue
        text = line.removeprefix(_BOM).strip()
        if text:
            yield _parse(text)


def _skip_line(file: IO[bytes]) -> None:
    for rest in iter(lambda: file.readline(_LINE_BYTES), b""):
        if rest.endswith(b"\n"):
            return


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return Dropped("a line that is not UTF-8")
    except (ValueError, RecursionError):
        return Dropped("a line that is not JSON")


def _array(file: IO[bytes]) -> Iterator[Any]:
    """The elements of one JSON array. Where it breaks off, nothing after can be read."""
    with from_extra("build", "reading a JSON array"):
        import ijson

    try:
        yield from ijson.items(file, "item", use_float=True)
    except (ijson.JSONError, UnicodeDecodeError):
        yield Dropped("the rest of a JSON array that breaks off")


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
        return Dropped("a row that is not a JSON object")
    turns = next((row[name] for name in _TURN_COLUMNS if name in row), None)
    if not isinstance(turns, list | tuple):
        return Dropped(f"a row without {', '.join(_TURN_COLUMNS[:-1])} or {_TURN_COLUMNS[-1]}")
    found: list[tuple[Any, Any]] = []
    for turn in turns:
        if not isinstance(turn, Mapping):
            return Dropped("a turn that is not a JSON object")
        found.append((_first(turn, _ROLE_KEYS), _first(turn, _CONTENT_KEYS)))
    return RawChat(_id_of(row, number), found)


def _first(mapping: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((mapping[key] for key in keys if mapping.get(key) is not None), None)


def _id_of(row: Mapping[str, Any], number: int) -> str:
    found = _first(row, _ID_COLUMNS)
    text = str(found) if isinstance(found, str | int) else f"row {number}"
    return text[:200].encode("utf-8", "replace").decode()
