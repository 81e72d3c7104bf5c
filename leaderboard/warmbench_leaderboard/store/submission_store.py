"""Where submissions are stored: a cheap listing of all, and the files of those that are wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

__all__ = [
    "Fetch",
    "Listing",
    "StoredSubmission",
    "SubmissionKind",
    "SubmissionStore",
    "name_problem",
    "sorted_submissions",
]

_PLAIN_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,118}[a-z0-9])?")


class SubmissionKind(StrEnum):
    """The folder of a submission."""

    PUBLISHED = "published"
    BUNDLE = "bundles"


@dataclass(frozen=True, slots=True)
class StoredSubmission:
    """One submission, unopened. ``path`` is relative to the root; ``content`` is a digest of its
    files; ``problem``: code and reason where it must not be opened."""

    kind: SubmissionKind
    name: str
    path: str
    content: str
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All submissions at one moment, by kind and name. ``state``: see ``SubmissionStore.state``;
    ``revision`` is None for a plain folder."""

    state: str
    revision: str | None
    submissions: tuple[StoredSubmission, ...]


Fetch = Callable[[Sequence[StoredSubmission]], Path]
"""Fetches the files of some submissions and returns the root that they lie under."""


class SubmissionStore(Protocol):
    """A folder, or a repository on the Hub. Every method raises a ``WarmbenchError`` where it
    can't be read."""

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        ...

    def state(self) -> str:
        """A cheap token that changes whenever the submissions change."""
        ...

    def listing(self) -> Listing:
        """The submissions it holds now."""
        ...

    def first_seen(
        self, listing: Listing, bundles: Sequence[StoredSubmission]
    ) -> Mapping[str, int]:
        """Name -> when the store first had the rows of a bundle, as numbers that grow with time.

        Submitters can't influence them. Bundles of unknown age are left out.
        """
        ...

    def fetcher(self, listing: Listing) -> AbstractContextManager[Fetch]:
        """Gives access to the files of a listing while the block lasts."""
        ...


def name_problem(name: str) -> tuple[str, str] | None:
    """Code and reason where a name is not safe as it is in a path, an address and a pattern."""
    if _PLAIN_NAME.fullmatch(name):
        return None
    return (
        "unsafe-path",
        "the name of a submission must be at most 120 lowercase letters, digits and hyphens",
    )


def sorted_submissions(submissions: Iterable[StoredSubmission]) -> tuple[StoredSubmission, ...]:
    """By kind and name."""
    return tuple(sorted(submissions, key=lambda each: (each.kind.value, each.name)))
