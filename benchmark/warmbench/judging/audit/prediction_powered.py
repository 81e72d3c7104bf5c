"""The loss by prediction-powered inference (Angelopoulos et al., Science 382, 2023).

All pairs have verdicts, some have labels in both arms. The loss by verdicts, over all pairs, is
corrected by the rectifier: the mean of (label - verdict) differences over the labelled pairs,

    loss = mean of d(verdicts) over all pairs + sum over tasks of  mean of rectifiers / tasks,

weighted as the headline. Labelled pairs are taken as drawn at random from their task, however many
of its cells they reach. All rows of a question are one observation, labelled or not: what a
question adds to the error is the sum of what it adds to both parts, so that their covariance is
in. No assumption is made about the judge: it may err as it likes, and differently in each arm.

Where all rectifiers of a task are alike (labels and verdicts never differ, say), its n labelled
questions can't show how often they do differ: the task gets the variance of one in n that does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from warmbench.judging.audit.labelled_pairs import FEWEST_QUESTIONS, LabelledPairs
from warmbench.records.audit import CorrectedLoss

__all__ = ["prediction_powered_loss"]

_METHOD = "prediction-powered, clustered t"


def prediction_powered_loss(pairs: LabelledPairs) -> CorrectedLoss:
    """The corrected headline loss, from pairs with labels in both arms."""
    labelled = np.asarray(pairs.is_labelled.all(axis=1))
    if few := _too_few(pairs, labelled):
        return CorrectedLoss(reason=few)
    judged = pairs.passed[:, 0] - pairs.passed[:, 1]
    rectifier = np.where(labelled, pairs.label[:, 0] - pairs.label[:, 1] - judged, 0.0)
    value = float(pairs.weight @ judged)
    influence = pairs.centred(judged)
    unseen = 0.0
    for task in range(len(pairs.tasks)):
        rows = labelled & (pairs.task == task)
        weight = pairs.weight * rows * (_share(pairs, task) / pairs.weight[rows].sum())
        mean = float(weight @ rectifier) / _share(pairs, task)
        questions = len(np.unique(pairs.question[rows]))
        part = weight * (rectifier - mean) * math.sqrt(questions / (questions - 1))
        value += float(weight @ rectifier)
        influence = influence + part
        if np.ptp(rectifier[rows]) == 0.0:
            unseen += (_share(pairs, task) / questions) ** 2
    return pairs.corrected_loss(
        value, pairs.by_question(influence), unseen, labelled, int(labelled.sum()), _METHOD
    )


def _share(pairs: LabelledPairs, task: int) -> float:
    """The task's part in the headline."""
    return float(pairs.weight[pairs.task == task].sum())


def _too_few(pairs: LabelledPairs, labelled: NDArray[np.bool_]) -> str | None:
    for number, task in enumerate(pairs.tasks):
        found = len(np.unique(pairs.question[labelled & (pairs.task == number)]))
        if found < FEWEST_QUESTIONS:
            return (
                f"{found:,} questions of {task} have pairs labelled in both arms; an "
                f"interval needs {FEWEST_QUESTIONS} in each task"
            )
    return None
