"""What a report shows beyond the scorecard, from the rows of a run.

The values of single answers (words, refusals) have means with intervals.

All answers to one question hang together (Liang & Zeger 1986). With N answers to Q questions, each
question contributes z(q) = the sum over its answers of (x - mean) / N, and

    Var = Q / (Q - 1) * sum of z(q)^2,

with Q - 1 degrees of freedom. Of a difference between two arms the z(q) are subtracted first: the
arms answered the same questions, so what they share cancels.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from warmbench.conditions import Context
from warmbench.records.analysis import Analysis
from warmbench.records.audit import Audit
from warmbench.records.estimate import Estimate
from warmbench.records.item import Item
from warmbench.records.scorecard import ArmScore
from warmbench.records.verdict import Verdict
from warmbench.statistics.student_t import t_quantile
from warmbench.tasks.registry import all_tasks

__all__ = [
    "Answers",
    "Question",
    "RunRows",
    "difference_of",
    "mean_of",
    "refusal_shares",
    "refusal_tasks",
    "refusals_of",
    "unsure_shares",
    "words_of",
]

Question = tuple[str, str]
"""A task, and the id of one of its questions."""

Answers = Mapping[Question, Sequence[float]]
"""Question -> the values of an arm's answers to it."""

Rows = Iterable[Mapping[str, Any]]

_METHOD = "clustered t"

_ROUNDING = 1e-12
"""Relative to the value: what the rounding of sums can leave of no spread."""


@dataclass(frozen=True, slots=True)
class RunRows:
    """``words``: arm -> context -> words of each answer, in the order of the contexts.
    ``refusals``: arm -> task -> 100 for each answer that was refused, else 0: their mean is a
    percentage. ``unsure``: arm -> share (0 to 1) of verdicts that the judge was unsure of.
    ``analysis``: the paper's tests and models. ``audit``: the judge held against people's labels.
    ``closing_differences``: the replies whose stated answer has another verdict.
    All are empty where there is nothing.
    """

    words: Mapping[str, Mapping[str, Answers]] = field(default_factory=dict)
    refusals: Mapping[str, Mapping[str, Answers]] = field(default_factory=dict)
    unsure: Mapping[str, float] = field(default_factory=dict)
    analysis: Analysis | None = None
    audit: Audit | None = None
    closing_differences: Sequence[Mapping[str, Any]] = ()


def words_of(items: Sequence[Item], responses: Rows) -> dict[str, dict[str, Answers]]:
    """The length of every answer, by arm and context; arms in the order of the rows.

    ``responses``: rows of ``RESPONSE_SCHEMA``. Words are what white space parts.
    """
    known = {item.item_id: item for item in items}
    found = _nested()
    for row in responses:
        item = known.get(row["item_id"])
        if row["response"] is not None and item is not None:
            question = (item.task, item.question_id)
            found[row["arm"]][item.context.value][question].append(len(row["response"].split()))
    return {
        arm: {c.value: dict(by[c.value]) for c in Context if c.value in by}
        for arm, by in found.items()
    }


def refusals_of(items: Sequence[Item], verdicts: Rows) -> dict[str, dict[str, Answers]]:
    """Which answers were refused, by arm and task: 100 for a refusal, else 0, so that a mean is a
    percentage."""
    known = {item.item_id: item for item in items}
    found = _nested()
    for row in verdicts:
        item = known.get(row["item_id"])
        if item is not None:
            refused = 100.0 if row["verdict"] == Verdict.REFUSED.value else 0.0
            found[row["arm"]][item.task][item.task, item.question_id].append(refused)
    return {arm: {task: dict(rows) for task, rows in by.items()} for arm, by in found.items()}


def _nested() -> defaultdict[str, defaultdict[str, defaultdict[Question, list[float]]]]:
    return defaultdict(lambda: defaultdict(lambda: defaultdict(list)))


def unsure_shares(verdicts: Rows) -> dict[str, float]:
    """Share (0 to 1) of the verdicts on each arm that the judge was unsure of."""
    sure: dict[str, list[bool]] = defaultdict(list)
    for row in verdicts:
        sure[row["arm"]].append(bool(row["sure"]))
    return {arm: 1.0 - sum(flags) / len(flags) for arm, flags in sure.items()}


def mean_of(answers: Answers, most: float = math.inf) -> Estimate | None:
    """The mean of all answers, its interval cut to what it can be: from 0 to ``most``. None where
    there are no answers.

    It has no interval for fewer than two questions, and where all answers are alike: without
    spread they hold no measure of their own uncertainty.
    """
    mean = _mean(answers)
    return None if mean is None else _estimate(mean, _parts(answers, mean)).cut(0.0, most)


def difference_of(treated: Answers, original: Answers) -> Estimate | None:
    """The mean of ``treated`` minus that of ``original``; None where either has no answers, and
    without an interval where ``mean_of`` has none."""
    ours, theirs = _mean(treated), _mean(original)
    if ours is None or theirs is None:
        return None
    one, other = _parts(treated, ours), _parts(original, theirs)
    parts = {q: one.get(q, 0.0) - other.get(q, 0.0) for q in {**one, **other}}
    return _estimate(ours - theirs, parts)


def _mean(answers: Answers) -> float | None:
    values = [value for found in answers.values() for value in found]
    return math.fsum(values) / len(values) if values else None


def _parts(answers: Answers, mean: float) -> dict[Question, float]:
    """z(q) of each question that was answered."""
    count = sum(map(len, answers.values()))
    return {
        question: math.fsum(value - mean for value in values) / count
        for question, values in answers.items()
        if values
    }


def _estimate(value: float, parts: Mapping[Question, float]) -> Estimate:
    questions = len(parts)
    if questions < 2:
        return Estimate(value, n=questions, method=_METHOD)
    error = math.sqrt(questions / (questions - 1) * math.fsum(z * z for z in parts.values()))
    if error <= _ROUNDING * max(1.0, abs(value)):
        return Estimate(value, se=0.0, n=questions, method=_METHOD)
    reach = t_quantile(0.975, questions - 1) * error
    return Estimate(value, value - reach, value + reach, error, questions - 1.0, questions, _METHOD)


def refusal_tasks(score: ArmScore) -> list[str]:
    """The tasks in which an answer can be counted as refused."""
    correct = {name for name, task in all_tasks().items() if task.refusal_is_correct}
    return [task for task in score.tasks if task not in correct]


def refusal_shares(
    score: ArmScore, task: str, refusals: Mapping[str, Mapping[str, Answers]]
) -> dict[str, Estimate | None]:
    """Arm -> the percentage of its answers that were refused. The share is the scorecard's, the
    interval that of ``refusals`` (arm -> task -> answers)."""
    return {
        arm: _share(score.refusals[side].get(task), refusals.get(arm, {}).get(task, {}))
        for arm, side in (("original", "original"), (score.arm, "treated"))
    }


def _share(value: float | None, answers: Answers) -> Estimate | None:
    if value is None:
        return None
    found = mean_of(answers, 100.0)
    return replace(found, value=value) if found else Estimate(value)
