"""Compare: the difference between two entries, and whether chance explains it.

Where both answered the same release, each question is compared with itself, so that its difficulty
cancels out. A question is one observation; tasks weigh the same and are independent, as in
``warmbench.statistics.estimate``, which does the sums. Otherwise the two losses are independent,
and so the interval of their difference is wider than either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from warmbench.records.estimate import Estimate
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import NO_VALUE, label, percent, points, signed
from warmbench.statistics.estimate import POINTS, estimate
from warmbench.tasks.registry import headline_tasks, in_task_order
from warmbench_leaderboard.index.board import Board, Details, Entry, KnownMeasure
from warmbench_leaderboard.services.protocols import BoardSource
from warmbench_leaderboard.site.plots.interval_drawing import interval_drawing, scale_of
from warmbench_leaderboard.site.views.column import interval_text
from warmbench_leaderboard.site.views.search import entries_for

__all__ = ["Choice", "Comparison", "Difference", "choose", "compare_entries", "comparison"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One side: the text typed, and the entry or entries that match it."""

    text: str
    entry: Entry | None
    others: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two entries side by side. ``verdict``: the difference in one sentence."""

    first: Entry
    second: Entry
    titles: tuple[str, str]
    difference: Difference
    verdict: str
    drawings: tuple[Markup, Markup, Markup]
    facts: Table
    contexts: Table
    tasks: Table


def choose(board: Board, text: str) -> Choice:
    """The entry or entries that match the text of one side."""
    found = entries_for(board, text) if text.strip() else []
    if len(found) == 1:
        return Choice(text, found[0], ())
    return Choice(text, None, tuple(found))


def comparison(source: BoardSource, first: Entry, second: Entry) -> Comparison:
    """Both entries, and the second minus the first."""
    details = source.details(first.entry_id), source.details(second.entry_id)
    found = compare_entries(first, details[0], second, details[1])
    losses = (first.headline.loss, second.headline.loss, found.headline)
    scale = scale_of(losses)
    one, other, difference = (interval_drawing(estimate, scale) for estimate in losses)
    return Comparison(
        first=first,
        second=second,
        titles=(first.title, second.title),
        difference=found,
        verdict=_verdict(first, second, found),
        drawings=(one, other, difference),
        facts=_facts(first, second),
        contexts=_pairs("Loss by context", "Context", first, second, "contexts"),
        tasks=_by_task(first, second, found),
    )


def _verdict(first: Entry, second: Entry, found: Difference) -> str:
    estimate = found.headline
    names = _distinct_names(first, second)
    more, less = (names[1], names[0]) if estimate.value >= 0.0 else names
    gain = max(first.headline.loss.value, second.headline.loss.value) <= 0.0
    change = f"{'gains' if gain else 'loses'} {points(abs(estimate.value))} points"
    statement = f"{more} {change} {'less' if gain else 'more'} accuracy than {less}"
    if estimate.low is None or estimate.high is None:
        return f"{statement}, with unknown uncertainty."
    if estimate.low > 0.0 or estimate.high < 0.0:
        return f"{statement}: more than chance explains."
    return f"{statement}, but the difference is within chance: inconclusive."


def _distinct_names(first: Entry, second: Entry) -> tuple[str, str]:
    if first.model != second.model:
        return first.model, second.model
    return first.title, second.title


def _facts(first: Entry, second: Entry) -> Table:
    headlines = (first.headline, second.headline)
    rows = (
        ("Accuracy, original", *(percent(m.original_accuracy.value) for m in headlines)),
        ("Accuracy, treated", *(percent(m.treated_accuracy.value) for m in headlines)),
        ("Loss on plain questions", *(_loss(e.plain) for e in (first, second))),
        ("Loss when the user is sad", *(_loss(e.sadness) for e in (first, second))),
        ("Sycophancy", *(_estimate_text(e.sycophancy) for e in (first, second))),
        ("Treatment", *(e.treatment.value.replace("-", " ") for e in (first, second))),
        ("Judge", first.judge, second.judge),
        ("Questions", *(f"{e.release} {e.release_version or ''}" for e in (first, second))),
    )
    return Table(
        caption="Side by side",
        columns=("", first.title, second.title),
        rows=tuple(Row(name, (one, other)) for name, one, other in rows),
    )


def _by_task(first: Entry, second: Entry, found: Difference) -> Table:
    table = _pairs("Loss by task", "Task", first, second, "tasks")
    if not found.paired:
        return table
    rows = []
    for row, task in zip(table.rows, _names(first.tasks, second.tasks), strict=True):
        difference = _estimate_text(found.tasks.get(task))
        rows.append(Row(row.header, (*row.cells[:2], difference)))
    return Table(table.caption, table.columns, tuple(rows), "The difference is paired.")


def _names(one: dict[str, KnownMeasure], other: dict[str, KnownMeasure]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _pairs(
    caption: str, header: str, first: Entry, second: Entry, by: Literal["tasks", "contexts"]
) -> Table:
    one, other = (e.tasks if by == "tasks" else e.contexts for e in (first, second))
    rows = []
    for name in _names(one, other):
        left, right = one.get(name), other.get(name)
        difference = signed(right.loss.value - left.loss.value) if left and right else NO_VALUE
        rows.append(Row(label(name), (_loss(left), _loss(right), difference)))
    columns = (header, first.title, second.title, "Difference")
    return Table(caption, columns, tuple(rows), "Points of accuracy lost; intervals in brackets.")


def _loss(pair: KnownMeasure | None) -> str:
    return _estimate_text(pair.loss if pair else None)


def _estimate_text(estimate: Estimate | None) -> str:
    if estimate is None:
        return "not measured"
    if estimate.low is None:
        return signed(estimate.value)
    return f"{signed(estimate.value)} ({interval_text(estimate)})"


_NORMAL = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

Losses = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The loss of the second entry minus that of the first, in points. ``paired``: question by
    question; else ``reason`` says why not. ``questions``: that both answered. ``tasks``: the same
    by task, where paired."""

    headline: Estimate
    paired: bool
    reason: str
    questions: int | None
    tasks: dict[str, Estimate]


def compare_entries(
    first: Entry, first_details: Details, second: Entry, second_details: Details
) -> Difference:
    """The difference of two entries, paired where they answered the same questions."""
    one, other = first_details.question_losses, second_details.question_losses
    if reason := _why_unpaired(first, second, one, other):
        return _unpaired(first, second, reason)
    differences = _differences(one or {}, other or {})
    whole = _estimated(differences, [t for t in differences if t in headline_tasks()])
    if whole is None:
        return _unpaired(first, second, "They have no question in common.")
    return Difference(
        headline=whole,
        paired=True,
        reason="",
        questions=sum(len(rows) for rows in differences.values()),
        tasks={task: found for task in differences if (found := _estimated(differences, [task]))},
    )


def _why_unpaired(first: Entry, second: Entry, one: Losses | None, other: Losses | None) -> str:
    for entry, losses in ((first, one), (second, other)):
        if losses is None:
            return (
                f"{entry.model} has only published tables, no answers, so the two can't be "
                "compared question by question."
            )
    if first.release_fingerprint != second.release_fingerprint:
        return "They answered the questions of different releases."
    return ""


def _differences(one: Losses, other: Losses) -> dict[str, NDArray[np.float64]]:
    """Second minus first, a row per shared question, for the tasks that both have."""
    found = {}
    for task in in_task_order(set(one) & set(other)):
        rows = other[task]
        shared = [(loss, rows[q]) for q, loss in one[task].items() if q in rows]
        if shared:
            found[task] = np.array([[(b - a) / POINTS] for a, b in shared])
    return found


def _estimated(differences: Mapping[str, NDArray[np.float64]], tasks: list[str]) -> Estimate | None:
    if not tasks:
        return None
    return estimate(differences, {task: np.array([1.0 / len(tasks)]) for task in tasks})


def _unpaired(first: Entry, second: Entry, reason: str) -> Difference:
    value = second.headline.loss.value - first.headline.loss.value
    errors = _error(first), _error(second)
    reach = None if None in errors else _NORMAL * math.hypot(*(e for e in errors if e is not None))
    low, high = (None, None) if reach is None else (value - reach, value + reach)
    return Difference(Estimate(value=value, low=low, high=high), False, reason, None, {})


def _error(entry: Entry) -> float | None:
    """The standard error, from the interval where only that is published."""
    loss = entry.headline.loss
    if loss.se is not None:
        return loss.se
    if loss.low is None or loss.high is None:
        return None
    return (loss.high - loss.low) / (2.0 * _NORMAL)
