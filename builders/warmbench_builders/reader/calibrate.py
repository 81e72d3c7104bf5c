"""The weighing of rules and reader, fitted on answers that neither was made on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.judging.judge import Case
from warmbench.judging.reader.reader import Reader
from warmbench.judging.reference.weighing import Weighing, features
from warmbench.judging.rules.judge import RulesJudge
from warmbench.records.verdict import Verdict
from warmbench_builders.reader.examples import Example

__all__ = ["fit_weighing", "logistic_regression"]

_RIDGE = 8.0
_FOLDS = 5
_AIM = 0.95
"""How often a sure verdict should be right, in folds that the weights were not fitted on."""
_LEAST_SURE, _LEAST_OF_SOURCE = 60, 15
"""Questions."""
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class _Row:
    features: Mapping[str, float]
    right: bool
    fold: int
    weight: float


def fit_weighing(
    examples: Sequence[Example], reader: Reader, source_weights: Mapping[str, float], margin: float
) -> Weighing:
    """Fit on ``examples`` that the rules are not sure of and that do not decline, each weighed by
    its source (1 where it has none)."""
    rules = RulesJudge()
    judged = [(one, rules.judge(one.question, one.answer)) for one in examples]
    unsure = [
        (one, found) for one, found in judged if not found.sure and one.label is not Verdict.REFUSED
    ]
    readings = reader.read([Case(one.question, one.answer) for one, _ in unsure])
    rows = [
        _Row(
            features(found, reading, one.question),
            one.label is Verdict.CORRECT,
            int(hashlib.sha256(one.question.text.encode()).hexdigest()[-4:], 16) % _FOLDS,
            source_weights.get(one.source.partition(":")[0], 1.0),
        )
        for (one, found), reading in zip(unsure, readings, strict=True)
    ]
    names = sorted({name for row in rows for name in row.features})
    outside = np.zeros(len(rows))
    for fold in range(_FOLDS):
        fitted = _fit([row for row in rows if row.fold != fold], names)
        held = np.array([row.fold == fold for row in rows])
        outside[held] = _probabilities(_matrix(rows, names)[held], fitted)
    right = np.array([row.right for row in rows])
    _, questions = np.unique([one.question.text for one, _ in unsure], return_inverse=True)
    names_of = [one.source.partition(":")[0] for one, _ in unsure]
    _, sources = np.unique(names_of, return_inverse=True)
    weights = _fit(rows, names)
    return Weighing(
        weights={name: round(float(w), _DIGITS) for name, w in zip(names, weights, strict=True)},
        sure_at=_sure_at(outside, right, questions, sources),
        margin=margin,
    )


def logistic_regression(
    x: NDArray[np.float64], y: NDArray[np.bool_], times: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    """The weights of the columns of ``x`` (rows, columns) for ``y``, each row counted ``times``,
    with a ridge, by Newton's method."""
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = _probabilities(x, weights)
        slope = x.T @ (times * (y - p)) - ridge * weights
        curve = (x * (times * p * (1 - p))[:, None]).T @ x + ridge * np.eye(x.shape[1])
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def _fit(rows: Sequence[_Row], names: Sequence[str]) -> NDArray[np.float64]:
    right = np.array([row.right for row in rows])
    times = np.array([row.weight for row in rows])
    return logistic_regression(_matrix(rows, names), right, times, _RIDGE)


def _matrix(rows: Sequence[_Row], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[row.features.get(name, 0.0) for name in names] for row in rows])


def _probabilities(x: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    p: NDArray[np.float64] = 1 / (1 + np.exp(-(x @ weights)))
    return p


def _sure_at(
    p: NDArray[np.float64],
    right: NDArray[np.bool_],
    questions: NDArray[np.int64],
    sources: NDArray[np.int64],
) -> float:
    """The least probability, in hundredths, from which verdicts are right as often as they should
    be in every source, as they are from each higher one that answers to enough questions have; 1
    where none is. How often is the mean over questions: answers to one are often alike."""
    confidence = np.maximum(p, 1 - p)
    hit = (p >= 0.5) == right
    least = 1.0
    for bound in range(99, 69, -1):
        kept = confidence >= bound / 100
        if len(np.unique(questions[kept])) < _LEAST_SURE:
            continue
        found = [_of_source(hit, kept & (sources == one), questions) for one in np.unique(sources)]
        if any(share is not None and share < _AIM for share in found):
            break
        least = bound / 100
    return least


def _of_source(
    hit: NDArray[np.bool_], kept: NDArray[np.bool_], questions: NDArray[np.int64]
) -> float | None:
    """How often verdicts are right, or None for too few questions."""
    answers = np.bincount(questions[kept])
    hits = np.bincount(questions[kept], hit[kept])
    shares = hits[answers > 0] / answers[answers > 0]
    return float(shares.mean()) if len(shares) >= _LEAST_OF_SOURCE else None
