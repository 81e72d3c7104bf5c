"""How far a judge agrees with human labels in a run, overall and in each arm."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warmbench.judging.audit.label import Label
from warmbench.records.item import Item
from warmbench.records.verdict import Verdict
from warmbench.statistics.student_t import t_quantile

__all__ = ["ArmAgreement", "Share", "agreement_of", "cohens_kappa", "share"]

Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Share:
    """A figure (a share from 0 to 1, or kappa) with its 95 % interval, None where answers to two
    questions at least are needed to give one."""

    value: float
    low: float | None
    high: float | None
    answers: int
    questions: int


def share(yes: NDArray[np.bool_], question: Codes) -> Share | None:
    """The share of true values; None where there are none. ``question``: a code each."""
    answers, questions = len(yes), len(np.unique(question))
    if not answers:
        return None
    p = float(yes.mean())
    if questions < 2:
        return Share(p, None, None, answers, questions)
    variance = _clustered_variance((yes - p) / answers, question)
    independent = p * (1.0 - p) / answers
    effective = answers / max(1.0, variance / independent) if independent else float(questions)
    low, high = _wilson(p, effective, t_quantile(0.975, questions - 1))
    return Share(p, low, high, answers, questions)


def cohens_kappa(
    label: NDArray[np.bool_], said: NDArray[np.bool_], question: Codes
) -> Share | None:
    """Cohen's kappa of labels and verdicts; None where one class is all there is."""
    answers, questions = len(label), len(np.unique(question))
    if not answers:
        return None
    a, b, both = float(label.mean()), float(said.mean()), float((label & said).mean())
    above, scale = both - a * b, a + b - 2.0 * a * b
    if scale == 0.0:
        return None
    kappa = 2.0 * above / scale
    slopes = (
        (-2.0 * b - kappa * (1.0 - 2.0 * b)) / scale,
        (-2.0 * a - kappa * (1.0 - 2.0 * a)) / scale,
        2.0 / scale,
    )
    influence = (
        slopes[0] * (label - a) + slopes[1] * (said - b) + slopes[2] * ((label & said) - both)
    )
    variance = _clustered_variance(influence / answers, question) if questions > 1 else 0.0
    if variance <= 1e-18:
        return Share(kappa, None, None, answers, questions)
    reach = t_quantile(0.975, questions - 1) * math.sqrt(variance)
    return Share(kappa, max(-1.0, kappa - reach), min(1.0, kappa + reach), answers, questions)


def _clustered_variance(influence: Numbers, question: Codes) -> float:
    _, code = np.unique(question, return_inverse=True)
    by_question = np.bincount(code, weights=influence)
    questions = len(by_question)
    return float(questions / (questions - 1) * (by_question @ by_question))


def _wilson(p: float, answers: float, z: float) -> tuple[float, float]:
    middle = p + z * z / (2.0 * answers)
    reach = z * math.sqrt(p * (1.0 - p) / answers + z * z / (4.0 * answers**2))
    scale = 1.0 + z * z / answers
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


@dataclass(frozen=True, slots=True)
class ArmAgreement:
    """Agreement over labelled answers, as shares from 0 to 1 with their intervals.

    ``refused`` and ``unscored`` count labelled answers without a verdict of right or wrong: they
    are left out, as the loss leaves them out. (Where a refusal is the right answer, its verdict is
    ``correct``.) A figure is None where no label or one class alone can't give it.
    """

    labelled: int
    refused: int
    unscored: int
    accuracy: Share | None
    kappa: Share | None
    sensitivity: Share | None
    specificity: Share | None


def agreement_of(
    items: Sequence[Item], verdicts: Sequence[Mapping[str, Any]], labels: Sequence[Label]
) -> ArmAgreement:
    """Agreement on the answers of ``labels``; every label has its verdict."""
    said = {(v["item_id"], v["arm"], v["epoch"]): v["verdict"] for v in verdicts}
    questions = {item.item_id: item.question_id for item in items}
    scored = [
        (label, said[label.key])
        for label in labels
        if said[label.key] in (Verdict.CORRECT, Verdict.INCORRECT)
    ]
    right = np.array([label.correct for label, _ in scored], dtype=bool)
    passed = np.array([verdict == Verdict.CORRECT for _, verdict in scored], dtype=bool)
    codes: dict[str, int] = {}
    question = np.array(
        [codes.setdefault(questions[label.item_id], len(codes)) for label, _ in scored],
        dtype=np.intp,
    )
    return ArmAgreement(
        labelled=len(labels),
        refused=sum(said[label.key] == Verdict.REFUSED for label in labels),
        unscored=sum(said[label.key] == Verdict.UNSCORED for label in labels),
        accuracy=share(right == passed, question),
        kappa=cohens_kappa(right, passed, question),
        sensitivity=share(passed[right], question[right]),
        specificity=share(~passed[~right], question[~right]),
    )
