"""Why a release needs its number: each kind of difference, in words, with what it weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from warmbench.data.manifest import MANIFEST_NAME
from warmbench.release_diff.release_diff import NameDiff, ReleaseDiff
from warmbench.release_diff.row_change import Part
from warmbench.release_diff.split_diff import Handing
from warmbench.release_diff.version_number import (
    Bump,
    VersionVerdict,
    judge_version,
    parse_version,
)

__all__ = ["Reason", "reasons_of", "verdict_on"]

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
