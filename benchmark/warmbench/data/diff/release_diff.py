"""What two releases differ in, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any

from warmbench.data.manifest import ReleaseManifest

__all__ = ["NameDiff", "Part", "ReleaseDiff", "RowChange", "RowDiff"]


class Part(StrEnum):
    """What changed in a row. ``condition``: its task, question id, context or belief.
    ``withheld``: unknown, as only the row's fingerprint is published."""

    CONDITION = "condition"
    QUESTION = "question"
    FRAMING = "framing"
    BELIEF = "belief wording"
    MESSAGES = "messages"
    REFERENCES = "references"
    ANSWER = "labelled answer"
    METADATA = "metadata"
    WITHHELD = "withheld"


_PART_OF = {
    **dict.fromkeys(("question_id", "task", "context", "belief"), Part.CONDITION),
    "question": Part.QUESTION,
    "framing": Part.FRAMING,
    "belief_text": Part.BELIEF,
    "messages": Part.MESSAGES,
    **dict.fromkeys(("correct_answers", "incorrect_answers"), Part.REFERENCES),
    **dict.fromkeys(("part", "answer", "label"), Part.ANSWER),
}
"""Column -> part; every other column is neither sent nor judged by, and so is metadata."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that both releases have, with other values.

    ``where``: ``<config>/<split>/<row id>``, as in ``rows.sha256``. ``values``: column -> its old
    and new value, of those that differ; empty where only fingerprints can be compared.
    """

    where: str
    values: Mapping[str, tuple[Any, Any]]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What changed, in the order of ``Part``."""
        return _parts_of(tuple(self.values))

    @property
    def is_breaking(self) -> bool:
        """Whether answers to the old row don't count for the new one. An unknown change is
        taken as breaking: a changed text must not pass as changed metadata."""
        return self.parts != (Part.METADATA,)


@cache
def _parts_of(columns: tuple[str, ...]) -> tuple[Part, ...]:
    """Cached: of a hundred thousand rows most differ in the same few columns."""
    found = {_PART_OF.get(column, Part.METADATA) for column in columns}
    return tuple(part for part in Part if part in found) or (Part.WITHHELD,)


@dataclass(frozen=True, slots=True)
class NameDiff:
    """Names that only one of two lists has; of files, also those whose content differs."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class RowDiff:
    """What differs in the rows; ``added`` and ``removed`` hold ``<config>/<split>/<row id>``.

    The others name splits, as ``<config>/<split>``. ``unknown``: some of the rows changed, but
    they are withheld and a release lacks the ``rows.sha256`` that says which. ``now_shipped``,
    ``now_withheld``: the texts are newly published, or no longer. ``rewritten``: withheld before
    and after, the same rows in another file.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[RowChange, ...] = ()
    unknown: tuple[str, ...] = ()
    now_shipped: tuple[str, ...] = ()
    now_withheld: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()

    def __add__(self, other: RowDiff) -> RowDiff:
        return RowDiff(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def counts(self) -> dict[str, Counter[str]]:
        """Config -> ``added``, ``removed``, ``changed`` and each part -> rows. A row counts for
        every part that changed, and once as changed."""
        counts: dict[str, Counter[str]] = {}
        for where, kinds in (
            *((where, ("added",)) for where in self.added),
            *((where, ("removed",)) for where in self.removed),
            *((change.where, ("changed", *change.parts)) for change in self.changed),
        ):
            counts.setdefault(where.split("/", 1)[0], Counter()).update(kinds)
        return dict(sorted(counts.items()))

    def examples(self, limit: int | None) -> tuple[RowChange, ...]:
        """At most ``limit`` changed rows (None: all), those that matter for scores first."""
        return tuple(sorted(self.changed, key=lambda change: not change.is_breaking))[:limit]


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """What differs between ``old`` and ``new``; all else is the same in both.

    ``configs``: by name. ``splits``: as ``config/split``, of the configs that both have.
    ``rows`` includes those of new and removed configs. ``metric_version``, ``manifest``
    (field -> values): the old and the new. ``files``: those beside the rows, such as the card.
    """

    old: ReleaseManifest
    new: ReleaseManifest
    configs: NameDiff
    splits: NameDiff
    rows: RowDiff
    metric_version: tuple[str, str] | None
    manifest: Mapping[str, tuple[Any, Any]]
    files: NameDiff
