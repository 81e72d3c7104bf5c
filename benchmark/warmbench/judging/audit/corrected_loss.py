"""The corrected loss: a figure with its interval, or the sentence that says why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.judging.audit.labelled_pairs import LabelledPairs
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.student_t import t_quantile

__all__ = ["FEWEST_QUESTIONS", "CorrectedLoss", "NoCorrection", "with_interval"]

FEWEST_QUESTIONS = 10
"""Labelled questions (of a task, or of a class of labels) below which an error rate has no
interval worth the name."""

_NO_SPREAD = 1e-9
"""Points: less is the rounding of sums."""


@dataclass(frozen=True, slots=True)
class CorrectedLoss:
    """Points of accuracy, positive is bad, with a 95 % interval by t, clustered by question.

    ``labelled_questions`` and ``labelled``: how many questions, and pairs (prediction-powered) or
    answers (Rogan-Gladen) with labels, it rests on.
    """

    value: float
    standard_error: float
    low: float
    high: float
    degrees_of_freedom: float
    labelled_questions: int
    labelled: int


@dataclass(frozen=True, slots=True)
class NoCorrection:
    """Why the labels can't give a corrected loss, in one sentence."""

    reason: str


def with_interval(
    pairs: LabelledPairs,
    value: float,
    influence: NDArray[np.float64],
    more_variance: float,
    labelled_rows: NDArray[np.bool_],
    labelled: int,
) -> CorrectedLoss | NoCorrection:
    """``value`` (a difference of shares) with its interval, in points.

    ``influence``: what each question adds to its error; tasks are independent, and what is
    estimated in one is no surer than its labelled questions allow: degrees of freedom are Welch
    and Satterthwaite's over the tasks, each with those of its labelled questions.
    ``more_variance``: what the spread of the rows does not show.
    """
    if not np.isfinite(influence).all():
        return NoCorrection("some condition rests on a single question, which has no interval")
    questions = np.unique(pairs.question[labelled_rows])
    of_task = pairs.task_of_question
    variances = np.bincount(of_task, weights=influence**2, minlength=len(pairs.tasks))
    counts = np.bincount(of_task[questions], minlength=len(pairs.tasks))
    total = float(variances.sum())
    spread = sum(v**2 / max(n - 1, 1) for v, n in zip(variances, counts, strict=True))
    df = total**2 / spread if spread else float(len(questions) - 1)
    error = POINTS * math.sqrt(total + more_variance)
    if error < _NO_SPREAD:
        return NoCorrection("all questions speak alike, which tells nothing of the uncertainty")
    reach = t_quantile(0.975, df) * error
    points = POINTS * value
    return CorrectedLoss(
        points, error, points - reach, points + reach, float(df), len(questions), labelled
    )
