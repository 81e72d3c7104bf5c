"""The covariance of losses: how far studies on the same questions err together.

A question that is hard to keep right under any treatment pushes all their losses up at once. With
z(i, q) what question q adds to the error of loss i (see ``estimate``), each loss has the variance
sum over q of z(i, q)^2, and two losses the covariance

    Cov(i, j) = sum over q of z(i, q) z(j, q)

over the questions that both rest on; tasks are independent, and so are different questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from warmbench.conditions import Task
from warmbench.statistics.estimate import POINTS, Weights, question_parts, usable_weights
from warmbench.statistics.pairs import TaskPairs

__all__ = ["QuestionParts", "loss_covariance", "loss_parts"]

QuestionParts = Mapping[tuple[Task, str], float]
"""(task, question_id) -> what the question adds to the error of a loss, in points."""


def loss_parts(by_task: Mapping[Task, TaskPairs], weights: Weights) -> QuestionParts:
    """z(q) of one study's loss, for ``loss_covariance``; empty where its error is not known.

    ``by_task``: what ``pairs_by_task`` gives. ``weights``: of the loss, as for ``estimate``.
    """
    values = {task: pairs.difference for task, pairs in by_task.items()}
    usable = usable_weights(values, weights)
    if any(task not in usable for task, weight in weights.items() if np.any(weight)):
        return {}
    parts: dict[tuple[Task, str], float] = {}
    for task, weight in usable.items():
        found = question_parts(values[task], weight)
        if found is None:
            return {}
        names = by_task[task].question_ids
        parts |= {(task, name): POINTS * z for name, z in zip(names, found.tolist(), strict=True)}
    return parts


def loss_covariance(studies: Sequence[QuestionParts]) -> NDArray[np.float64]:
    """The covariance of the losses (studies x studies), in points squared, for ``rank_intervals``.

    ``studies``: the ``loss_parts`` of each. Its diagonal is the square of their standard errors;
    a study without parts has zeros, and one on other questions has none but its own variance.
    """
    places = {key: place for place, key in enumerate(sorted({k for s in studies for k in s}))}
    parts = np.zeros((len(studies), len(places)))
    for row, study in zip(parts, studies, strict=True):
        for key, value in study.items():
            row[places[key]] = value
    covariance: NDArray[np.float64] = parts @ parts.T
    return covariance
