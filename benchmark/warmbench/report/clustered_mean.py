"""Clustered means: the mean of all answers, with an interval that counts each question once.

All answers to one question hang together (Liang & Zeger 1986). With N answers to Q questions, each
question contributes z(q) = the sum over its answers of (x - mean) / N, and

    Var = Q / (Q - 1) * sum of z(q)^2,

with Q - 1 degrees of freedom. Of a difference between two arms the z(q) are subtracted first: the
arms answered the same questions, so what they share cancels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from warmbench.report.measure import Interval, Loss
from warmbench.statistics.student_t import t_quantile

__all__ = ["Answers", "Question", "difference_of", "interval_of", "mean_of"]

Question = tuple[str, str]
"""A task, and the id of one of its questions."""

Answers = Mapping[Question, Sequence[float]]
"""Question -> the values of an arm's answers to it."""

_ROUNDING = 1e-12
"""Relative to the value: what the rounding of sums can leave of no spread."""


def mean_of(answers: Answers) -> float | None:
    """The mean of all answers; None of none."""
    values = [value for found in answers.values() for value in found]
    return math.fsum(values) / len(values) if values else None


def interval_of(answers: Answers, most: float = math.inf) -> Interval | None:
    """The 95 % interval of the mean of all answers, cut to what it can be: from 0 to ``most``.

    None for fewer than two questions, and where all speak alike: answers without spread hold no
    measure of their own uncertainty.
    """
    mean = mean_of(answers)
    ends = None if mean is None else _interval(mean, _parts(answers, mean))
    return ends and Interval(max(0.0, ends.low), min(most, ends.high))


def difference_of(treated: Answers, original: Answers) -> Loss | None:
    """The mean of ``treated`` minus that of ``original``; None where either has no answers, and
    without an interval where ``interval_of`` has none."""
    ours, theirs = mean_of(treated), mean_of(original)
    if ours is None or theirs is None:
        return None
    one, other = _parts(treated, ours), _parts(original, theirs)
    parts = {q: one.get(q, 0.0) - other.get(q, 0.0) for q in {**one, **other}}
    ends = _interval(ours - theirs, parts)
    return Loss(ours - theirs, ends.low if ends else None, ends.high if ends else None)


def _parts(answers: Answers, mean: float) -> dict[Question, float]:
    """z(q) of each question that was answered."""
    count = sum(map(len, answers.values()))
    return {
        question: math.fsum(value - mean for value in values) / count
        for question, values in answers.items()
        if values
    }


def _interval(value: float, parts: Mapping[Question, float]) -> Interval | None:
    questions = len(parts)
    if questions < 2:
        return None
    error = math.sqrt(questions / (questions - 1) * math.fsum(z * z for z in parts.values()))
    if error <= _ROUNDING * max(1.0, abs(value)):
        return None
    reach = t_quantile(0.975, questions - 1) * error
    return Interval(value - reach, value + reach)
