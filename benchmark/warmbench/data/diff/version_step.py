"""Which version number a release needs, and why.

Which version number a change needs, and whether a release has it.

https://semver.org/spec/v2.0.0.html: the next major, minor or patch number, the lower ones back to
zero; below 1.0.0 (item 4 there) nothing is promised, so that a breaking change may go with the
next minor number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from warmbench.data.diff.release_diff import Part, ReleaseDiff, RowDiff
from warmbench.data.fingerprint import ROWS_NAME
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
    """The step to the next number: ``major`` where scores are not comparable, ``minor`` where rows
    or configs were added, ``patch`` where only card or metadata differ."""

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
        """The number that follows with a step of this size."""
        if bump is Bump.MAJOR:
            return VersionNumber(self.major + 1, 0, 0)
        if bump is Bump.MINOR:
            return VersionNumber(self.major, self.minor + 1, 0)
        if bump is Bump.PATCH:
            return VersionNumber(self.major, self.minor, self.patch + 1)
        return self


@dataclass(frozen=True, slots=True)
class VersionVerdict:
    """``expected``: the smallest number that is right. ``is_larger``: right, but a larger step
    than ``needed``. ``sentence`` says it all to a person."""

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
    change = f"a {needed.word} change" if needed else "no change"
    if is_larger:
        text = f"{new} is allowed after {old}, but larger than needed: {change} needs {expected}."
    elif is_right:
        text = f"{new} is right after {old}: this is {change}."
    elif new < old:
        text = f"{new} is wrong: it comes before {old}, and {change} needs {expected}."
    elif taken is None:
        text = f"{new} is wrong: it skips numbers after {old}, and {change} needs {expected}."
    else:
        text = f"{new} is wrong after {old}: too small, {change} needs {expected}."
    if early:
        text += " Below 1.0.0 a breaking change may go with the next minor number."
    return VersionVerdict(needed, expected, is_right, is_larger, text)


@dataclass(frozen=True, slots=True)
class Reason:
    """``text``, e.g. ``12 rows added``, and the bump that it needs."""

    bump: Bump
    text: str


def verdict_on(diff: ReleaseDiff) -> VersionVerdict:
    """Whether the new release has the number that it needs.

    Raises ``DataError`` where a version is not ``X.Y.Z``.
    """
    old = parse_version(diff.old.version, f"{MANIFEST_NAME} of OLD")
    new = parse_version(diff.new.version, f"{MANIFEST_NAME} of NEW")
    return judge_version(old, new, max((r.bump for r in reasons_of(diff)), default=Bump.NONE))


def reasons_of(diff: ReleaseDiff) -> tuple[Reason, ...]:
    """Every kind of difference, the largest bump first; none where nothing differs."""
    return tuple(sorted(_reasons(diff), key=lambda reason: -reason.bump))


def _reasons(diff: ReleaseDiff) -> Iterator[Reason]:
    if diff.metric_version:
        before, after = diff.metric_version
        yield Reason(Bump.MAJOR, f"metric definitions changed from {before} to {after}")
    for kind, names in (("configs", diff.configs), ("splits", diff.splits)):
        yield from _named(Bump.MAJOR, f"{kind} removed", names.removed)
        yield from _named(Bump.MINOR, f"{kind} added", names.added)
    yield from _row_reasons(diff.rows)
    for field in diff.manifest:
        yield Reason(Bump.PATCH, f"{field} in {MANIFEST_NAME} changed")
    files = (*diff.files.added, *diff.files.removed, *diff.files.changed)
    yield from _named(Bump.PATCH, "other files differ", files)


def _row_reasons(rows: RowDiff) -> Iterator[Reason]:
    """A row with several changed parts counts for each; for metadata, only if nothing else
    changed."""
    yield from _counted(Bump.MAJOR, len(rows.removed), "removed")
    parts = Counter(
        part
        for change in rows.changed
        for part in change.parts
        if part is not Part.METADATA or not change.is_breaking
    )
    for part, count in parts.items():
        what = "changed, text withheld" if part is Part.WITHHELD else f"whose {part} changed"
        yield from _counted(Bump.PATCH if part is Part.METADATA else Bump.MAJOR, count, what)
    yield from _counted(Bump.MINOR, len(rows.added), "added")
    unknown = f"withheld rows changed, and no {ROWS_NAME} says which"
    yield from _named(Bump.MAJOR, unknown, rows.unknown)
    yield from _named(Bump.MAJOR, "text now withheld", rows.now_withheld)
    yield from _named(Bump.MINOR, "text now shipped", rows.now_shipped)
    yield from _named(Bump.PATCH, "files of withheld rows differ", rows.rewritten)


def _counted(bump: Bump, count: int, what: str) -> Iterator[Reason]:
    if count:
        yield Reason(bump, f"{count:,} row{'' if count == 1 else 's'} {what}")


def _named(bump: Bump, what: str, names: Sequence[str]) -> Iterator[Reason]:
    if names:
        yield Reason(bump, f"{what}: {', '.join(names)}")
