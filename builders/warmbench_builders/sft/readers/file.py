"""Chat logs in files: JSON Lines, or one large JSON array as ShareGPT's, read piece by piece."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import IO, Any

from warmbench.errors import UsageError
from warmbench.optional_library import from_extra
from warmbench_builders.sft.readers.chat import ChatLog, Dropped, RawChat
from warmbench_builders.sft.readers.oasst import is_oasst_row, read_trees

__all__ = ["chats_of", "open_file", "read_chat", "read_chats", "read_json_rows"]

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
