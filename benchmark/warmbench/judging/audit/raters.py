"""Several raters: how far they agree, where they differ, and what they are taken to say together.

Krippendorff's alpha over right, wrong and refused, with an interval by the jackknife: each
question is left out once, and t has (questions - 1) degrees of freedom. What a rater can't tell is
not a vote for alpha, but it is one when labels are settled: an answer that half of the raters can't
judge is no answer to judge by.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from warmbench.judging.audit.answer_ids import AnswerKey
from warmbench.judging.audit.label import Label
from warmbench.judging.panel import krippendorff_alpha
from warmbench.records.estimate import Estimate
from warmbench.records.verdict import Verdict
from warmbench.statistics.student_t import t_quantile

__all__ = ["Settling", "Votes", "alpha_of", "settled_labels", "votes_of"]

Votes = dict[AnswerKey, dict[str, Label]]
"""Answer -> rater -> label."""

_METHOD = "jackknife over questions, t"
_VOTES = (Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED)
_ROUNDING = 1e-9


class Settling(StrEnum):
    """What raters who differ are taken to say: what more than half of them say, or nothing."""

    MAJORITY = "majority"
    UNANIMOUS = "unanimous"


def votes_of(by_rater: Mapping[str, Sequence[Label]]) -> Votes:
    """The labels of each answer, answers in order."""
    votes: Votes = {}
    for rater, labels in by_rater.items():
        for label in labels:
            votes.setdefault(label.key, {})[rater] = label
    return dict(sorted(votes.items()))


def settled_labels(votes: Votes, settling: Settling) -> list[Label]:
    """One label an answer: what its raters say together, ``unscored`` where that is nothing."""
    return [_settled(list(labels.values()), settling) for labels in votes.values()]


def _settled(labels: Sequence[Label], settling: Settling) -> Label:
    first = labels[0]
    verdict, count = Counter(label.verdict for label in labels).most_common(1)[0]
    enough = count == len(labels) if settling is Settling.UNANIMOUS else 2 * count > len(labels)
    return Label(first.where, *first.key, verdict if enough else Verdict.UNSCORED)


def alpha_of(votes: Votes, question_of: Mapping[str, str]) -> Estimate | None:
    """Krippendorff's alpha; None where it is not defined. ``question_of``: item -> question. No
    interval where fewer than three questions, or leaving one out, can't give one."""
    said: list[Sequence[Verdict]] = []
    questions: list[str] = []
    for (item_id, _, _), labels in votes.items():
        known = [each.verdict for each in labels.values() if each.verdict is not Verdict.UNSCORED]
        if len(known) > 1:
            said.append(known)
            questions.append(question_of[item_id])
    value = krippendorff_alpha(said)
    if value is None:
        return None
    without = _alphas_without(said, questions)
    count = len(without)
    if count < 3 or np.isnan(without).any() or np.ptp(without) == 0.0:
        return Estimate(value, n=count, method=_METHOD)
    error = math.sqrt((count - 1) * float(np.var(without)))
    reach = t_quantile(0.975, count - 1) * error
    low, high = value - reach, min(1.0, value + reach)
    return Estimate(value, low, high, error, count - 1, count, _METHOD)


def _alphas_without(
    said: Sequence[Sequence[Verdict]], questions: Sequence[str]
) -> NDArray[np.float64]:
    """Alpha without each question, from its coincidences (Krippendorff 2004, ch. 11.3)."""
    _, code = np.unique(np.array(questions), return_inverse=True)
    counts = np.array([[each.count(word) for word in _VOTES] for each in said], dtype=float)
    size = counts.sum(axis=1)[:, None, None]
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(_VOTES))
    by_question = np.zeros((code.max() + 1, len(_VOTES), len(_VOTES)))
    np.add.at(by_question, code, pairs / (size - 1))
    left = by_question.sum(axis=0) - by_question
    margins = left.sum(axis=2)
    total = margins.sum(axis=1)
    observed = total - np.trace(left, axis1=1, axis2=2)
    expected = total**2 - (margins**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        alphas: NDArray[np.float64] = 1.0 - (total - 1) * observed / expected
    return np.where(expected > _ROUNDING, alphas, np.nan)
