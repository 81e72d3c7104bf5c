"""Where submissions lie: a listing of them that costs little, and the files of those wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

__all__ = ["Fetch", "Kind", "Listing", "Shelf", "Shelved", "in_order", "name_problem"]

_PLAIN_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")


class Kind(StrEnum):
    """The folder that a submission lies in."""

    PUBLISHED = "published"
    BUNDLE = "bundles"


@dataclass(frozen=True, slots=True)
class Shelved:
    """One submission, unopened. ``path`` is relative to the root; ``content`` tells its files
    from any others, byte for byte; ``problem``: code and reason why it isn't even opened."""

    kind: Kind
    name: str
    path: str
    content: str
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All submissions at one moment, by kind and name. ``state`` is what ``Shelf.look`` said;
    ``revision`` is None for a plain folder."""

    state: str
    revision: str | None
    submissions: tuple[Shelved, ...]


Fetch = Callable[[Sequence[Shelved]], Path]
"""Makes sure of the files of some submissions and gives the root that they lie under."""


class Shelf(Protocol):
    """A folder, or a repository on the Hub."""

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        ...

    def look(self) -> str:
        """A word for its present state: another word means that something moved. Cheap.

        Raises a ``WarmbenchError`` where it can't be reached.
        """
        ...

    def listing(self) -> Listing:
        """What it holds now; raises as ``look`` does."""
        ...

    def since(self, listing: Listing, bundles: Sequence[Shelved]) -> Mapping[str, int]:
        """Name -> when the shelf first had the rows of a bundle, as numbers that grow with time;
        nobody who submits can choose them. Without those of which it can't be known. Raises as
        ``look`` does."""
        ...

    def opened(self, listing: Listing) -> AbstractContextManager[Fetch]:
        """The way to the files of a listing, for as long as the block lasts."""
        ...


def name_problem(name: str) -> tuple[str, str] | None:
    """Code and reason where a name can't stand in a path, an address and a pattern as it is."""
    if _PLAIN_NAME.fullmatch(name):
        return None
    return (
        "unsafe-path",
        "the name of a submission is of small letters, digits and hyphens, at most 120",
    )


def in_order(submissions: Iterable[Shelved]) -> tuple[Shelved, ...]:
    """By kind and name."""
    return tuple(sorted(submissions, key=lambda each: (each.kind.value, each.name)))
