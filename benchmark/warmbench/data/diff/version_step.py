"""Why a release needs its number: each kind of difference, in words, with what it weighs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from warmbench.data.diff.release_diff import NameDiff, ReleaseDiff
from warmbench.data.diff.row_change import Part
from warmbench.data.diff.split_diff import Handing
from warmbench.data.manifest import MANIFEST_NAME
from warmbench.errors import DataError

__all__ = [
    "Bump",
    "Reason",
    "VersionNumber",
    "VersionVerdict",
    "judge_version",
    "parse_version",
    "reasons_of",
    "verdict_on",
]


class Bump(IntEnum):
    """How much a change weighs: ``major`` where scores are not comparable, ``minor`` where there
    is more than before, ``patch`` where only card or metadata differ."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class VersionNumber(NamedTuple):
    """``X.Y.Z``."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def next(self, bump: Bump) -> VersionNumber:
        """The number that follows with a change of this weight."""
        if bump is Bump.MAJOR:
            return VersionNumber(self.major + 1, 0, 0)
        if bump is Bump.MINOR:
            return VersionNumber(self.major, self.minor + 1, 0)
        if bump is Bump.PATCH:
            return VersionNumber(self.major, self.minor, self.patch + 1)
        return self


@dataclass(frozen=True, slots=True)
class VersionVerdict:
    """``expected``: the number that would do. ``sentence`` says all of it to a person."""

    needed: Bump
    expected: str
    is_right: bool
    is_larger: bool
    sentence: str


def parse_version(text: str, where: str) -> VersionNumber:
    """``X.Y.Z``; raises ``DataError`` naming ``where`` for anything else."""
    match = re.fullmatch(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", text)
    if match is None:
        raise DataError(f"{where}: the version {text!r} is not X.Y.Z, e.g. 1.2.0")
    return VersionNumber(*map(int, match.groups()))


def judge_version(old: VersionNumber, new: VersionNumber, needed: Bump) -> VersionVerdict:
    """Whether ``new`` may follow ``old`` with a change that needs ``needed``."""
    early = old.major == 0 and needed is Bump.MAJOR
    enough = Bump.MINOR if early else needed
    taken = next((bump for bump in Bump if old.next(bump) == new), None)
    is_right = taken is not None and taken >= enough
    is_larger = is_right and taken not in (enough, needed)
    expected = str(old.next(enough))
    sentence = _sentence(old, new, taken, needed, expected, is_right, is_larger)
    if early:
        sentence += " Below 1.0.0 a breaking change may go with the next minor number."
    return VersionVerdict(needed, expected, is_right, is_larger, sentence)


def _sentence(
    old: VersionNumber,
    new: VersionNumber,
    taken: Bump | None,
    needed: Bump,
    expected: str,
    is_right: bool,
    is_larger: bool,
) -> str:
    change = f"a {needed.word} change" if needed else "no change at all"
    if is_larger:
        return f"{new} is allowed after {old}, but larger than needed: {change} needs {expected}."
    if is_right:
        return f"{new} is right after {old}: this is {change}."
    if new < old:
        return f"{new} is wrong: it comes before {old}, and {change} needs {expected}."
    if taken is None:
        return f"{new} is wrong: it skips numbers after {old}, and {change} needs {expected}."
    return f"{new} is wrong after {old}: too small, {change} needs {expected}."


_WORDS = {
    Part.CONDITION: "whose task, question, context or belief changed",
    Part.QUESTION: "whose question changed",
    Part.FRAMING: "whose framing changed",
    Part.BELIEF: "whose belief wording changed",
    Part.MESSAGES: "whose messages changed",
    Part.REFERENCES: "whose references changed",
    Part.METADATA: "whose metadata changed",
    Part.WITHHELD: "changed whose text is withheld",
}
"""A row with several counts once for each. Of metadata, only rows where nothing else changed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """``text``, e.g. ``12 rows added``, and the bump that it needs."""

    bump: Bump
    text: str


def reasons_of(diff: ReleaseDiff) -> tuple[Reason, ...]:
    """Every kind of difference, the weightiest first; none where nothing differs."""
    return tuple(sorted(_reasons(diff), key=lambda reason: -reason.bump))


def verdict_on(diff: ReleaseDiff) -> VersionVerdict:
    """Whether the new release has the number that it needs.

    Raises ``DataError`` where a version is not ``X.Y.Z``.
    """
    old, new = (
        parse_version(manifest.version, f"{MANIFEST_NAME} of {side}")
        for side, manifest in (("OLD", diff.old), ("NEW", diff.new))
    )
    needed = max((reason.bump for reason in _reasons(diff)), default=Bump.NONE)
    return judge_version(old, new, needed)


def _reasons(diff: ReleaseDiff) -> Iterator[Reason]:
    if diff.metric_version:
        before, after = diff.metric_version
        yield Reason(Bump.MAJOR, f"metric definitions changed from {before} to {after}")
    yield from _of_names("config", diff.configs)
    yield from _of_names("split", diff.splits)
    yield from _of_rows(diff)
    yield from _of_withheld(diff)
    for field in diff.manifest:
        yield Reason(Bump.PATCH, f"{field} in {MANIFEST_NAME} changed")
    if diff.files:
        names = (*diff.files.added, *diff.files.removed, *diff.files.changed)
        yield Reason(Bump.PATCH, f"other files differ: {', '.join(names)}")


def _of_names(kind: str, names: NameDiff) -> Iterator[Reason]:
    for bump, what, found in (
        (Bump.MAJOR, "removed", names.removed),
        (Bump.MINOR, "added", names.added),
    ):
        if found:
            plural = "s" if len(found) > 1 else ""
            yield Reason(bump, f"{kind}{plural} {what}: {', '.join(found)}")


def _of_rows(diff: ReleaseDiff) -> Iterator[Reason]:
    if removed := len(diff.removed):
        yield Reason(Bump.MAJOR, f"{_rows(removed)} removed")
    parts = Counter(
        part
        for change in diff.changed
        for part in change.parts
        if part is not Part.METADATA or not change.is_breaking
    )
    for part, count in parts.items():
        bump = Bump.PATCH if part is Part.METADATA else Bump.MAJOR
        yield Reason(bump, f"{_rows(count)} {_WORDS[part]}")
    if added := len(diff.added):
        yield Reason(Bump.MINOR, f"{_rows(added)} added")


def _of_withheld(diff: ReleaseDiff) -> Iterator[Reason]:
    if diff.untold:
        yield Reason(
            Bump.MAJOR,
            f"withheld rows changed, and no rows.sha256 says which: {', '.join(diff.untold)}",
        )
    for handing, bump, words in (
        (Handing.NOW_WITHHELD, Bump.MAJOR, "text is withheld now"),
        (Handing.NOW_SHIPPED, Bump.MINOR, "text is shipped now"),
        (Handing.OTHERWISE, Bump.PATCH, "withheld rows are written in another way"),
    ):
        if names := diff.handed(handing):
            yield Reason(bump, f"{words}: {', '.join(names)}")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
