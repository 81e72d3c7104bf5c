"""The questions that a source has for one task, and a record of what was dropped and why."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from warmbench.data.release import SourceRecord
from warmbench.errors import UsageError
from warmbench.tasks.registry import task_of
from warmbench.tasks.task_spec import Source
from warmbench_builders.questions.framing import SourceQuestion

__all__ = [
    "Batch",
    "Candidate",
    "Origin",
    "Rejected",
    "Row",
    "UpstreamReader",
    "make_batch",
    "read_source",
    "source_of",
    "stable_id",
]

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that takes long to turn into a question: ``settle`` does it, if the row is drawn."""

    question_id: str
    question: str
    settle: Callable[[], SourceQuestion | Rejected]


@dataclass(frozen=True)
class Batch:
    """The questions of one config of a release, and the record for its manifest."""

    config: str
    task: str
    questions: tuple[SourceQuestion, ...]
    record: SourceRecord


UpstreamReader = Callable[[Sequence[Row], Origin], Iterable[SourceQuestion | Rejected | Candidate]]
"""Turns the rows of an upstream data set into questions, one result a row."""


def source_of(task: str) -> Source:
    """The upstream data set of a task; ``UsageError`` where it has none."""
    source = task_of(task).source
    if source is None:
        raise UsageError(f"the task {task} has no source to build it from")
    return source


def read_source(
    source: Source, rows: Sequence[Row], origin: Origin
) -> Iterable[SourceQuestion | Rejected | Candidate]:
    """What the reader of a source makes of its rows."""
    reader: UpstreamReader = resolve_name(source.reader)
    return reader(rows, origin)


def stable_id(task: str, text: str) -> str:
    """An id for a question that upstream gives none: a hash of its words."""
    return f"{task}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def make_batch(
    config: str,
    task: str,
    origin: Origin,
    results: Iterable[SourceQuestion | Rejected | Candidate],
    *,
    wanted: int | None,
    seed: int,
) -> Batch:
    """Keep sound, unique questions and draw ``wanted`` of them (None: all), by a seeded hash.

    Drawing by hash means that a row added upstream moves at most one other out of the sample.
    Candidates that can't be drawn any more are not settled, and count as not drawn.
    """
    dropped: Counter[str] = Counter()
    kept: dict[str, SourceQuestion] = {}
    seen: set[str] = set()
    rows = list(results)
    settled = _settle([row for row in rows if isinstance(row, Candidate)], wanted, seed)
    for row in rows:
        result = settled.get(row.question_id) if isinstance(row, Candidate) else row
        if result is None:
            dropped["not drawn"] += 1
            continue
        reason = _fault(result, seen)
        if reason is None and isinstance(result, SourceQuestion):
            seen.add(_folded(result.question))
            kept[result.question_id] = result
        elif reason is not None:
            dropped[reason] += 1
    if other := next((q.task for q in kept.values() if q.task != task), None):
        raise UsageError(f"{origin.name}: its reader gives questions of {other!r}, not of {task!r}")
    drawn = sorted(kept, key=lambda question_id: _draw(seed, question_id))[:wanted]
    if len(drawn) < len(kept):
        dropped["not drawn"] += len(kept) - len(drawn)
    questions = tuple(kept[question_id] for question_id in sorted(drawn))
    record = SourceRecord(
        name=origin.name,
        revision=origin.revision,
        license=origin.license,
        read=len(rows),
        kept=len(questions),
        dropped=dict(sorted(dropped.items())),
    )
    return Batch(config, task, questions, record)


def _settle(
    candidates: Sequence[Candidate], wanted: int | None, seed: int
) -> dict[str, SourceQuestion | Rejected]:
    """The results, by question id, of as many candidates in the order of drawing as give
    ``wanted`` questions: of those that ask the same, the first that is sound is the one."""
    alike: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        alike[_folded(candidate.question)].append(candidate)
    settled: dict[str, SourceQuestion | Rejected] = {}
    found = 0
    for candidate in sorted(candidates, key=lambda one: _draw(seed, one.question_id)):
        if wanted is not None and found >= wanted:
            break
        for one in alike[_folded(candidate.question)]:
            result = settled.get(one.question_id) or one.settle()
            settled[one.question_id] = result
            sound = _fault(result, set()) is None
            found += sound and one is candidate
            if sound or one is candidate:
                break
    return settled


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


_ASCII_MARKS = {code: " " for code in range(128) if not chr(code).isalnum()}


def _folded(text: str) -> str:
    text = text.casefold()
    if text.isascii():
        return " ".join(text.translate(_ASCII_MARKS).split())
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def _draw(seed: int, question_id: str) -> str:
    return hashlib.sha256(f"{seed}/{question_id}".encode()).hexdigest()
