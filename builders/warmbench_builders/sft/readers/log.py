"""A chat log: where its rows come from, under which licence, and its chats one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from warmbench_builders.sft.filters.chat import Dropped, RawChat

__all__ = ["ChatLog"]


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
