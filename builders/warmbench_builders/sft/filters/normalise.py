"""Normalising turns: roles brought to two names, texts cleaned, order checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import regex

from warmbench.records.message import Message
from warmbench_builders.sft.readers.chat import Chat, Dropped, RawChat

__all__ = ["MESSAGE_CHARACTERS", "normalise_chat"]

MESSAGE_CHARACTERS = 32_000
"""A longer message is a pasted book or a dump; the chat is dropped and counted."""

_USER, _ASSISTANT, _SYSTEM = "user", "assistant", "system"
_ROLES = {
    "user": _USER, "human": _USER, "prompter": _USER,
    "assistant": _ASSISTANT, "gpt": _ASSISTANT, "chatgpt": _ASSISTANT, "model": _ASSISTANT,
    "bing": _ASSISTANT, "bard": _ASSISTANT,
    "system": _SYSTEM,
}  # fmt: skip

# Controls but tab and line feed, surrogates, and marks that turn the writing direction.
_HIDDEN = regex.compile(r"[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\uFEFF--[\t\n]]", regex.V1)
_BLANK_LINES = regex.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


def normalise_chat(raw: RawChat) -> Chat | Dropped:
    """A sound chat, or why it can't be made one.

    System turns, the assistant's turns before the user's first (ShareGPT has many) and the
    user's turns after the assistant's last are left out; nothing else is mended.
    """
    messages: list[Message] = []
    for result in _messages(raw.turns):
        if isinstance(result, Dropped):
            return result
        messages.append(result)
    while messages and messages[0].role == _ASSISTANT:
        del messages[0]
    while messages and messages[-1].role == _USER:
        del messages[-1]
    if not messages:
        return Dropped("no exchange of user and assistant")
    for earlier, later in pairwise(messages):
        if earlier.role == later.role:
            return Dropped(f"two {later.role} turns in a row")
    return Chat(raw.source_id, tuple(messages))


def _messages(turns: Any) -> Iterator[Message | Dropped]:
    for role, content in turns:
        if role is None:
            yield Dropped("a turn without a role")
            return
        known = _ROLES.get(role.strip().lower()) if isinstance(role, str) else None
        if known is None:
            yield Dropped("a turn with an unknown role")
            return
        if not isinstance(content, str):
            yield Dropped("a turn whose content is not text")
            return
        if len(content) > MESSAGE_CHARACTERS:
            yield Dropped(f"a message over {MESSAGE_CHARACTERS:,} characters")
            return
        text = _clean(content)
        if not text:
            yield Dropped("an empty turn")
            return
        if known != _SYSTEM:
            yield Message(known, text)


def _clean(text: str) -> str:
    """Composed characters, line feeds alone, no hidden characters, no run of empty lines."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = _BLANK_LINES.sub("\n\n", _HIDDEN.sub("", text))
    return text.strip()
