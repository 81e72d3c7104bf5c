"""Which version number a change needs, and whether a release has it.

https://semver.org/spec/v2.0.0.html: the next major, minor or patch number, the lower ones back to
zero; below 1.0.0 (item 4 there) nothing is promised, so that a breaking change may go with the
next minor number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from warmbench.errors import DataError

__all__ = ["Bump", "VersionNumber", "VersionVerdict", "judge_version", "parse_version"]


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
