"""What a source gives for one task: its questions, and a record of what became of its rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.conditions import Task
from warmbench.data.release import SourceRecord
from warmbench_builders.framing import SourceQuestion

__all__ = ["Batch", "Origin", "Rejected", "Row", "UpstreamReader", "make_batch", "stable_id"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows were read: a name, what pins them, and their licence as stated."""

    name: str
    revision: str
    license: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that can't be used, with a reason that is counted."""

    reason: str


@dataclass(frozen=True)
class Batch:
    """The questions of one config of a release, and the record for its manifest."""

    config: str
    task: Task
    questions: tuple[SourceQuestion, ...]
    record: SourceRecord


UpstreamReader = Callable[[Sequence[Row], Origin], Iterable[SourceQuestion | Rejected]]
"""Turns the rows of an upstream data set into questions, one result a row."""


def stable_id(task: Task, text: str) -> str:
    """An id for a question that upstream gives none: a hash of its words."""
    return f"{task.value}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def make_batch(
    config: str,
    task: Task,
    origin: Origin,
    results: Iterable[SourceQuestion | Rejected],
    *,
    wanted: int | None,
    seed: int,
) -> Batch:
    """Keep sound, unique questions and draw ``wanted`` of them (None: all), by a seeded hash.

    Drawing by hash means that a row added upstream moves at most one other out of the sample.
    """
    dropped: Counter[str] = Counter()
    kept: dict[str, SourceQuestion] = {}
    seen: set[str] = set()
    read = 0
    for result in results:
        read += 1
        reason = _fault(result, seen)
        if reason is None and isinstance(result, SourceQuestion):
            seen.add(_folded(result.question))
            kept[result.question_id] = result
        elif reason is not None:
            dropped[reason] += 1
    drawn = sorted(kept, key=lambda question_id: _draw(seed, question_id))[:wanted]
    if len(drawn) < len(kept):
        dropped["not drawn"] = len(kept) - len(drawn)
    questions = tuple(kept[question_id] for question_id in sorted(drawn))
    record = SourceRecord(
        name=origin.name,
        revision=origin.revision,
        license=origin.license,
        read=read,
        kept=len(questions),
        dropped=dict(sorted(dropped.items())),
    )
    return Batch(config, task, questions, record)


def _fault(result: SourceQuestion | Rejected, seen: set[str]) -> str | None:
    if isinstance(result, Rejected):
        return result.reason
    if _folded(result.question) in seen:
        return "asked before"
    right = {_folded(answer) for answer in result.correct_answers}
    if _folded(result.belief) in right:
        return "the belief is a right answer"
    if right & {_folded(answer) for answer in result.incorrect_answers}:
        return "an answer is both right and wrong"
    return None


def _folded(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _draw(seed: int, question_id: str) -> str:
    return hashlib.sha256(f"{seed}/{question_id}".encode()).hexdigest()
