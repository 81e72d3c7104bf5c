"""What a handler is given, and what it gives back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, unquote

from .account import Visitor
from .repository import Repository
from .store import Store

__all__ = ["Call", "Reply"]


@dataclass(frozen=True)
class Reply:
    """An answer: JSON where ``body`` is not bytes."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps({} if self.body is None else self.body).encode()


@dataclass(frozen=True)
class Call:
    """A request on its way to its handler; ``parts`` are still quoted, as in the raw path."""

    store: Store
    visitor: Visitor
    parts: Mapping[str, str | None]
    raw_query: str
    headers: Message
    body: bytes
    origin: str  # http://127.0.0.1:port
    cdn: str  # the same server under the name of another host
    part_size: int  # bytes; larger LFS objects go up in parts of this size

    def part(self, name: str) -> str:
        """A piece of the path, unquoted."""
        return unquote(self.parts.get(name) or "")

    @property
    def kind(self) -> str:
        return (self.parts.get("kind") or "models").strip("/")

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.raw_query)

    def option(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    def flag(self, name: str) -> bool:
        return self.option(name).lower() in {"1", "true"}

    @property
    def json(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body or b"{}")
        return data

    @property
    def readable(self) -> Repository:
        return self.store.to_read(self.kind, self.part("repo"), self.visitor)

    @property
    def discussed(self) -> Repository:
        return self.store.to_discuss(self.kind, self.part("repo"), self.visitor)

    @property
    def writable(self) -> Repository:
        return self.store.to_write(self.kind, self.part("repo"), self.visitor)

    def page(self, repo: Repository) -> str:
        """The address of a repository for people, which the client takes apart."""
        prefix = "" if repo.kind == "models" else f"{repo.kind}/"
        return f"{self.origin}/{prefix}{repo.id}"
