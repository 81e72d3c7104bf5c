"""Clustered errors: the covariance of coefficients when all answers to a question hang together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warmbench.statistics.models.grouped_counts import GroupedCounts
from warmbench.statistics.models.logit import LogitFit

__all__ = ["clustered_covariance"]

Numbers = NDArray[np.float64]


def clustered_covariance(
    counts: GroupedCounts,
    rows: NDArray[np.bool_],
    fit: LogitFit,
    by_condition: Numbers,
) -> tuple[Numbers | None, int]:
    """The sandwich, clustered by question, and how many questions it rests on:

        V = C B C,  B = sum over questions of s s',  s = sum over its answers of (y - p) x,

    C the model-based covariance, times  Q / (Q - 1) * (N - 1) / (N - K)  for Q questions, N
    answers and K coefficients, as in statsmodels' ``cov_type="cluster"``. None for one question.

    ``rows``: which rows of ``counts`` the model was fitted on. ``by_condition``: conditions x
    terms, the design without length, which, where it is in the model, comes last.
    """
    p = np.zeros(len(rows))
    p[rows] = fit.probabilities
    inside = rows[counts.part_row]
    part_row, question = counts.part_row[inside], counts.part_question[inside]
    surplus = counts.part_errors[inside] - counts.part_answers[inside] * p[part_row]
    conditions = len(counts.conditions)
    cells = np.bincount(
        question * conditions + counts.condition[part_row],
        weights=surplus,
        minlength=counts.questions * conditions,
    ).reshape(counts.questions, conditions)
    scores = cells @ by_condition
    if counts.words is not None:
        length = np.bincount(
            question, weights=surplus * counts.words[part_row], minlength=counts.questions
        )
        scores = np.column_stack([scores, length])
    clusters = len(np.unique(question))
    answers, terms = counts.answers[rows].sum(), scores.shape[1]
    if clusters < 2 or answers <= terms:
        return None, clusters
    correction = clusters / (clusters - 1) * (answers - 1) / (answers - terms)
    bread = fit.covariance
    return correction * (bread @ (scores.T @ scores) @ bread), clusters
