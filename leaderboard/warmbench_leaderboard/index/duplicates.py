"""Refuses duplicates: two submissions with the same rows, the same entry, or lookalike names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from warmbench.text_safety import skeleton
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.index.submission_result import SubmissionResult, refused

__all__ = ["disputed_submissions", "refuse_duplicates"]


def disputed_submissions(results: Sequence[SubmissionResult]) -> list[str]:
    """The submissions that claim what another one claims too (rows, an entry, a lookalike name),
    sorted. Their age matters. Published studies always come first and are left out."""
    claims: dict[tuple[str, str], set[str]] = {}
    models: dict[str, set[str]] = {}
    for result in results:
        if result.fingerprint is not None:
            claims.setdefault(("rows", result.fingerprint), set()).add(result.submission)
        for entry in result.entries:
            looks = skeleton(entry.model)
            models.setdefault(looks, set()).add(entry.model)
            claims.setdefault(("name", looks), set()).add(result.submission)
            claims.setdefault(("entry", entry.entry_id), set()).add(result.submission)
    disputed: set[str] = set()
    for (kind, claim), submissions in claims.items():
        if len(models[claim] if kind == "name" else submissions) > 1:
            disputed |= submissions
    return sorted(disputed - {each.submission for each in results if _is_published(each)})


def refuse_duplicates(
    results: Iterable[SubmissionResult], first_seen: Mapping[str, int] | None = None
) -> list[SubmissionResult]:
    """The results in the order given; of two duplicates the later one is refused.

    Published studies come first. For the others, ``first_seen`` gives when the store first had
    each disputed submission, as numbers in order; one that is missing there comes after those that
    are not. Without any (in a plain folder) the submission date decides, which the submitter
    states and nobody checks, and then the name.
    """
    given = list(results)
    ages = [_Age.of(result, first_seen or {}) for result in given]
    claims = _Claims()
    oldest_first = sorted(range(len(ages)), key=ages.__getitem__)
    checked = {number: claims.check(given[number], ages[number]) for number in oldest_first}
    return [checked[number] for number in range(len(given))]


class _Age(NamedTuple):
    """Sorts from the oldest."""

    is_submitted: bool
    first_seen: float
    stated: date
    submission: str

    @classmethod
    def of(cls, result: SubmissionResult, first_seen: Mapping[str, int]) -> _Age:
        days = [entry.submitted for entry in result.entries if entry.submitted is not None]
        return cls(
            not _is_published(result),
            first_seen.get(result.submission, math.inf),
            min(days, default=date.min),
            result.submission,
        )

    def described(self, later: _Age) -> str:
        """The submission, and why it counts as earlier than ``later``."""
        if not self.is_submitted:
            return f"{self.submission}, a published study"
        if self.first_seen != later.first_seen:
            return f"{self.submission}, which was submitted first"
        return f"{self.submission}, which states no later date; the true order is unknown"


@dataclass
class _Claims:
    """The first submission with certain rows, an entry, or a model's name (by its look)."""

    rows: dict[str, _Age] = field(default_factory=dict)
    entries: dict[str, _Age] = field(default_factory=dict)
    names: dict[str, tuple[str, _Age]] = field(default_factory=dict)

    def check(self, result: SubmissionResult, age: _Age) -> SubmissionResult:
        """The result, or its refusal where another submission came first."""
        for code, text in self._problems(result, age):
            return refused(result.submission, code, text)
        if result.fingerprint is not None:
            self.rows[result.fingerprint] = age
        for entry in result.entries:
            self.entries[entry.entry_id] = age
            self.names.setdefault(skeleton(entry.model), (entry.model, age))
        return result

    def _problems(self, result: SubmissionResult, age: _Age) -> Iterator[tuple[str, str]]:
        if result.fingerprint is not None and result.fingerprint in self.rows:
            first = self.rows[result.fingerprint].described(age)
            yield "same-rows", f"it has the same rows as {first}"
        for entry in result.entries:
            if other := self.entries.get(entry.entry_id):
                yield "entry-twice", f"{entry.entry_id} is an entry of {other.described(age)}"
            name, other = self.names.get(skeleton(entry.model), (entry.model, age))
            if name != entry.model:
                yield "lookalike", f"{entry.model!r} looks like {name!r} of {other.described(age)}"


def _is_published(result: SubmissionResult) -> bool:
    return any(entry.badge is Badge.PUBLISHED for entry in result.entries)
