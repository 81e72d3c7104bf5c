"""Two entries against each other: how far their losses are apart, and how sure that is.

Where both asked the same release, each question is compared with itself: what makes it hard or
easy for both falls out. A question is one observation; tasks weigh alike and are independent, as in
``warmbench.statistics.estimate``, which does the sums. Otherwise the two losses are independent
figures, and the interval of their difference is as wide as both together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.statistics.estimate import POINTS, estimate
from warmbench.tasks.registry import headline_tasks, in_task_order
from warmbench_leaderboard.index.board import Details, Entry, Figure

__all__ = ["Difference", "compare_entries"]

_NORMAL = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

Losses = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The loss of the second entry minus that of the first, in points; above zero the second
    loses more. ``paired``: question by question; else ``reason`` says in a sentence why not.
    ``questions``: that both answered. ``tasks``: the same by task, where paired."""

    headline: Figure
    paired: bool
    reason: str
    questions: int | None
    tasks: dict[str, Figure]


def compare_entries(
    first: Entry, first_details: Details, second: Entry, second_details: Details
) -> Difference:
    """The difference of two entries, paired where their questions allow it."""
    one, other = first_details.question_losses, second_details.question_losses
    if reason := _why_unpaired(first, second, one, other):
        return _unpaired(first, second, reason)
    apart = _apart(one or {}, other or {})
    whole = _figure(apart, [task for task in apart if task in headline_tasks()])
    if whole is None:
        return _unpaired(first, second, "They have no question in common.")
    return Difference(
        headline=whole,
        paired=True,
        reason="",
        questions=sum(len(rows) for rows in apart.values()),
        tasks={task: found for task in apart if (found := _figure(apart, [task]))},
    )


def _why_unpaired(first: Entry, second: Entry, one: Losses | None, other: Losses | None) -> str:
    for entry, losses in ((first, one), (second, other)):
        if losses is None:
            return (
                f"Of {entry.model} only published tables are known, not the answers, so the two "
                "can't be compared question by question."
            )
    if first.release_fingerprint != second.release_fingerprint:
        return "They answered different questions (not the same release)."
    return ""


def _apart(one: Losses, other: Losses) -> dict[str, NDArray[np.float64]]:
    """Second minus first, a row a question that both have; tasks that both have alone."""
    found = {}
    for task in in_task_order(set(one) & set(other)):
        rows = other[task]
        shared = [(loss, rows[q]) for q, loss in one[task].items() if q in rows]
        if shared:
            found[task] = np.array([[(b - a) / POINTS] for a, b in shared])
    return found


def _figure(apart: Mapping[str, NDArray[np.float64]], tasks: list[str]) -> Figure | None:
    if not tasks:
        return None
    found = estimate(apart, {task: np.array([1.0 / len(tasks)]) for task in tasks})
    return Figure(value=found.value, low=found.low, high=found.high) if found else None


def _unpaired(first: Entry, second: Entry, reason: str) -> Difference:
    value = second.headline.loss.value - first.headline.loss.value
    errors = _error(first), _error(second)
    reach = None if None in errors else _NORMAL * math.hypot(*(e for e in errors if e is not None))
    low, high = (None, None) if reach is None else (value - reach, value + reach)
    return Difference(Figure(value=value, low=low, high=high), False, reason, None, {})


def _error(entry: Entry) -> float | None:
    """The standard error; from the interval where only that is published."""
    loss = entry.headline.loss
    if entry.standard_error is not None:
        return entry.standard_error
    if loss.low is None or loss.high is None:
        return None
    return (loss.high - loss.low) / (2.0 * _NORMAL)
