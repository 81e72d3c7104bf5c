"""How far a judge agrees with human labels.

Shares and Cohen's kappa of labelled answers, with intervals that are clustered by question.

A share has Wilson's interval on its effective number of answers: n / deff, where deff (at least 1)
is how much larger the variance clustered by question is than that of independent answers. Where
all answers agree, there is nothing to tell deff by, and a question counts as one answer. Kappa has
an interval by t, from its linearisation. Both take t with (questions - 1) degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.records.audit import ArmAgreement
from warmbench.records.estimate import Estimate
from warmbench.records.verdict import Judgement, Verdict
from warmbench.statistics.student_t import t_quantile

__all__ = ["Agreement", "agreement_of", "cohens_kappa", "measure_agreement", "share"]

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]

_WILSON = "clustered Wilson"
_T = "clustered t"

_WORDS = tuple(verdict.value for verdict in Verdict)
_SCORED = (Verdict.CORRECT.value, Verdict.INCORRECT.value)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over the labelled answers of a file; shares are between 0 and 1.

    A verdict counts as "correct" or "not correct"; a refusal is not correct. ``unscored`` answers
    are left out and counted. ``kappa`` is Cohen's, None where one class is all there is.
    """

    labelled: int
    unscored: int
    accuracy: float | None
    kappa: float | None
    sensitivity: float | None
    specificity: float | None
    unsure_share: float | None
    sure_accuracy: float | None


def measure_agreement(pairs: Iterable[tuple[bool, Judgement]]) -> Agreement:
    """``pairs``: the human label (correct or not) and the judgement of each labelled answer."""
    labelled = list(pairs)
    scored = [pair for pair in labelled if pair[1].verdict is not Verdict.UNSCORED]
    right = np.array([label for label, _ in scored], dtype=bool)
    passed = np.array([found.verdict is Verdict.CORRECT for _, found in scored], dtype=bool)
    sure = np.array([found.sure for _, found in scored], dtype=bool)
    kappa = cohens_kappa(right, passed, np.arange(len(scored)))
    return Agreement(
        labelled=len(labelled),
        unscored=len(labelled) - len(scored),
        accuracy=_mean(right == passed),
        kappa=kappa.value if kappa else None,
        sensitivity=_mean(passed[right]),
        specificity=_mean(~passed[~right]),
        unsure_share=_mean(~sure),
        sure_accuracy=_mean((right == passed)[sure]),
    )


def _mean(yes: Bools) -> float | None:
    return int(yes.sum()) / len(yes) if len(yes) else None


def agreement_of(
    labels: Sequence[str], verdicts: Sequence[str], questions: Sequence[str]
) -> ArmAgreement:
    """Agreement on answers of a run: of each, what people say (in the words of ``Verdict``), its
    verdict, and the question that it answers."""
    codes: dict[str, int] = {}
    question = np.array([codes.setdefault(name, len(codes)) for name in questions], dtype=np.intp)
    people, judge = np.array(labels, dtype=object), np.array(verdicts, dtype=object)
    scored = np.isin(people, _SCORED) & np.isin(judge, _SCORED)
    right, passed = people[scored] == Verdict.CORRECT, judge[scored] == Verdict.CORRECT
    asked = question[scored]
    by_people, by_judge = people == Verdict.REFUSED, judge == Verdict.REFUSED
    known = people != Verdict.UNSCORED
    return ArmAgreement(
        labelled=len(labels),
        refused=int(by_judge.sum()),
        unscored=int((judge == Verdict.UNSCORED).sum()),
        table={word: _counts(people[judge == word]) for word in _WORDS},
        answers={
            "accuracy": len(right),
            "kappa": len(right),
            "sensitivity": int(right.sum()),
            "specificity": int((~right).sum()),
            "refusals_found": int(by_people.sum()),
            "refusals_true": int((by_judge & known).sum()),
        },
        accuracy=share(right == passed, asked),
        kappa=cohens_kappa(right, passed, asked),
        sensitivity=share(passed[right], asked[right]),
        specificity=share(~passed[~right], asked[~right]),
        refusals_found=share(by_judge[by_people], question[by_people]),
        refusals_true=share(by_people[by_judge & known], question[by_judge & known]),
    )


def _counts(words: NDArray[np.object_]) -> dict[str, int]:
    return {word: int((words == word).sum()) for word in _WORDS}


def share(yes: Bools, question: Codes) -> Estimate | None:
    """The share of true values; None where there are none. ``question``: a code each; the interval
    needs two questions at least."""
    answers, questions = len(yes), len(np.unique(question))
    if not answers:
        return None
    p = float(yes.mean())
    if questions < 2:
        return Estimate(p, n=questions, method=_WILSON)
    variance = _clustered_variance((yes - p) / answers, question)
    independent = p * (1.0 - p) / answers
    effective = answers / max(1.0, variance / independent) if independent else float(questions)
    low, high = _wilson(p, effective, t_quantile(0.975, questions - 1))
    return Estimate(p, low, high, math.sqrt(variance), questions - 1, questions, _WILSON)


def cohens_kappa(label: Bools, passed: Bools, question: Codes) -> Estimate | None:
    """Cohen's kappa of labels and verdicts; None where one class is all there is."""
    answers, questions = len(label), len(np.unique(question))
    if not answers:
        return None
    a, b, both = float(label.mean()), float(passed.mean()), float((label & passed).mean())
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
        slopes[0] * (label - a) + slopes[1] * (passed - b) + slopes[2] * ((label & passed) - both)
    )
    variance = _clustered_variance(influence / answers, question) if questions > 1 else 0.0
    if variance <= 1e-18:
        return Estimate(kappa, n=questions, method=_T)
    error = math.sqrt(variance)
    reach = t_quantile(0.975, questions - 1) * error
    return Estimate(
        kappa,
        max(-1.0, kappa - reach),
        min(1.0, kappa + reach),
        error,
        questions - 1,
        questions,
        _T,
    )


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
