"""What only shows when submissions stand beside each other: the same rows or name twice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from warmbench.text_safety import skeleton
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.index.outcome import Outcome, refused

__all__ = ["checked_against_each_other", "contested"]


def contested(outcomes: Sequence[Outcome]) -> list[str]:
    """The submissions that claim what another claims too (rows, an entry, the look of another
    name), so that their age matters. Sorted; without published studies, which come first anyway."""
    claims: dict[tuple[str, str], set[str]] = {}
    models: dict[str, set[str]] = {}
    for outcome in outcomes:
        if outcome.fingerprint is not None:
            claims.setdefault(("rows", outcome.fingerprint), set()).add(outcome.submission)
        for entry in outcome.entries:
            looks = skeleton(entry.model)
            models.setdefault(looks, set()).add(entry.model)
            claims.setdefault(("name", looks), set()).add(outcome.submission)
            claims.setdefault(("entry", entry.entry_id), set()).add(outcome.submission)
    found: set[str] = set()
    for (kind, claim), submissions in claims.items():
        if len(models[claim] if kind == "name" else submissions) > 1:
            found |= submissions
    return sorted(found - {each.submission for each in outcomes if _is_published(each)})


def checked_against_each_other(
    outcomes: Iterable[Outcome], since: Mapping[str, int] | None = None
) -> list[Outcome]:
    """The outcomes, in the order given; of two with the same rows, the same entry, or names that
    look alike without being the same, the later one is refused.

    Published studies come first. Of the others, ``since`` tells when the submissions first had
    each that is ``contested``, as numbers in order; one without comes after those that have one.
    Where it tells nothing, as in a plain folder, the day decides that they state themselves, which
    nobody vouches for, and then the name.
    """
    known = list(outcomes)
    ages = [_Age.of(outcome, since or {}) for outcome in known]
    first = _First()
    kept = {number: first.checked(known[number], ages[number]) for number in _oldest_first(ages)}
    return [kept[number] for number in range(len(known))]


class _Age(NamedTuple):
    """Sorts from the oldest."""

    is_submitted: bool
    since: float
    stated: date
    submission: str

    @classmethod
    def of(cls, outcome: Outcome, since: Mapping[str, int]) -> _Age:
        days = [entry.submitted for entry in outcome.entries if entry.submitted is not None]
        return cls(
            not _is_published(outcome),
            since.get(outcome.submission, math.inf),
            min(days, default=date.min),
            outcome.submission,
        )

    def before(self, other: _Age) -> str:
        """The submission, and why it counts as the earlier of the two."""
        if not self.is_submitted:
            return f"{self.submission}, a published study"
        if self.since != other.since:
            return f"{self.submission}, which was submitted before"
        return f"{self.submission}, which states no later day; which came first is not known"


def _oldest_first(ages: list[_Age]) -> list[int]:
    return sorted(range(len(ages)), key=ages.__getitem__)


@dataclass
class _First:
    """Who was first to have rows, an entry, and a model's name (by the look of it)."""

    rows: dict[str, _Age] = field(default_factory=dict)
    entries: dict[str, _Age] = field(default_factory=dict)
    names: dict[str, tuple[str, _Age]] = field(default_factory=dict)

    def checked(self, outcome: Outcome, age: _Age) -> Outcome:
        """The outcome, or its refusal where another was first."""
        for code, text in self._problems(outcome, age):
            return refused(outcome.submission, code, text)
        if outcome.fingerprint is not None:
            self.rows[outcome.fingerprint] = age
        for entry in outcome.entries:
            self.entries[entry.entry_id] = age
            self.names.setdefault(skeleton(entry.model), (entry.model, age))
        return outcome

    def _problems(self, outcome: Outcome, age: _Age) -> Iterator[tuple[str, str]]:
        if outcome.fingerprint is not None and outcome.fingerprint in self.rows:
            before = self.rows[outcome.fingerprint].before(age)
            yield "same-rows", f"its rows are those of {before}"
        for entry in outcome.entries:
            if other := self.entries.get(entry.entry_id):
                yield "entry-twice", f"{entry.entry_id} is an entry of {other.before(age)}"
            name, other = self.names.get(skeleton(entry.model), (entry.model, age))
            if name != entry.model:
                yield "lookalike", f"{entry.model!r} looks like {name!r} of {other.before(age)}"


def _is_published(outcome: Outcome) -> bool:
    return any(entry.badge is Badge.PUBLISHED for entry in outcome.entries)
