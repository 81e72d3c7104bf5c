"""A training file as OpenAI's fine-tuning takes it, and the checks that it makes of one.

https://developers.openai.com/api/docs/guides/supervised-fine-tuning
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["Fault", "FileReport", "check_rows", "file_bytes", "plain_rows"]

_LEAST_EXAMPLES = 10
_MOST_BYTES = 512 * 1024**2
_LONGEST_EXAMPLE = 65_536
"""Tokens, for the gpt-4o and gpt-4.1 families; what is longer is cut by the provider."""

_CHARACTERS_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 3

_ROLES = frozenset({"assistant", "developer", "function", "system", "tool", "user"})
_KEYS = frozenset({"content", "name", "role", "weight"})


class Fault(StrEnum):
    """What can be wrong with an example."""

    NO_MESSAGES = "no list of messages"
    NO_MESSAGE = "a message that is not an object"
    MISSING_KEY = "a message without role or content"
    UNKNOWN_KEY = "a message with an unknown key"
    UNKNOWN_ROLE = "an unknown role"
    NO_CONTENT = "content that is not text, or empty"
    LAST_NOT_ASSISTANT = "the last message is not the assistant's"


@dataclass(frozen=True)
class FileReport:
    """What the checks found. ``faults`` counts examples by kind, ``first_rows`` says where each
    kind is first met (from 1). ``tokens`` and ``long_examples`` (over 65,536 tokens) are
    estimates, from four characters a token; ``bytes`` is exact."""

    name: str
    examples: int
    bytes: int
    tokens: int
    long_examples: int
    faults: Mapping[Fault, int]
    first_rows: Mapping[Fault, int]
    least: int

    @property
    def problems(self) -> list[str]:
        """What the provider would refuse, in words; empty when it would take the file."""
        problems = [
            f"{count:,} examples with {fault} (first in row {self.first_rows[fault]:,})"
            for fault, count in self.faults.items()
        ]
        if self.examples < self.least:
            problems.append(f"{self.examples} examples; at least {self.least} are required")
        if self.bytes > _MOST_BYTES:
            problems.append(f"{self.bytes / 1024**2:,.0f} MB; at most 512 MB are accepted")
        return problems

    @property
    def summary(self) -> str:
        """One line for a person."""
        long = (
            f", {self.long_examples:,} of them cut at 65,536 tokens" if self.long_examples else ""
        )
        return (
            f"{self.name}: {self.examples:,} examples{long}, {self.bytes:,} bytes, "
            f"about {self.tokens:,} tokens (an estimate)"
        )


def check_rows(
    name: str, rows: Sequence[Mapping[str, Any]], *, least: int = _LEAST_EXAMPLES
) -> FileReport:
    """Check rows of ``messages`` as OpenAI does before a job begins."""
    faults: Counter[Fault] = Counter()
    first_rows: dict[Fault, int] = {}
    lengths = []
    for number, row in enumerate(rows, start=1):
        for fault in dict.fromkeys(_faults(row.get("messages"))):
            faults[fault] += 1
            first_rows.setdefault(fault, number)
        lengths.append(_estimated_tokens(row.get("messages")))
    return FileReport(
        name=name,
        examples=len(rows),
        bytes=sum(len(line) for line in _lines(rows)),
        tokens=sum(lengths),
        long_examples=sum(length > _LONGEST_EXAMPLE for length in lengths),
        faults={fault: faults[fault] for fault in Fault if faults[fault]},
        first_rows=first_rows,
        least=least,
    )


def _faults(messages: Any) -> Iterator[Fault]:
    if not isinstance(messages, list) or not messages:
        yield Fault.NO_MESSAGES
        return
    for message in messages:
        if not isinstance(message, Mapping):
            yield Fault.NO_MESSAGE
            continue
        if not {"role", "content"} <= message.keys():
            yield Fault.MISSING_KEY
            continue
        if message.keys() - _KEYS:
            yield Fault.UNKNOWN_KEY
        if message["role"] not in _ROLES:
            yield Fault.UNKNOWN_ROLE
        if not _is_text(message["content"]):
            yield Fault.NO_CONTENT
    last = messages[-1]
    if isinstance(last, Mapping) and last.get("role") != "assistant":
        yield Fault.LAST_NOT_ASSISTANT


def _is_text(content: Any) -> bool:
    if not isinstance(content, str) or not content.strip():
        return False
    try:
        content.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell and UTF-8 can't
        return False
    return True


def _estimated_tokens(messages: Any) -> int:
    if not isinstance(messages, list):
        return 0
    texts = [m.get("content") for m in messages if isinstance(m, Mapping)]
    characters = sum(len(text) for text in texts if isinstance(text, str))
    return characters // _CHARACTERS_PER_TOKEN + _TOKENS_PER_MESSAGE * len(texts)


def plain_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with ``messages`` alone: other files may have more columns."""
    return [{"messages": row.get("messages")} for row in rows]


def file_bytes(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as the JSONL that is uploaded."""
    return b"".join(_lines(rows))


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        yield text.encode(errors="backslashreplace")
