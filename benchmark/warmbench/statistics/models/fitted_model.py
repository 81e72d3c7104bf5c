"""Fitted models: coefficients and marginal effects, with both kinds of error.

Clustered errors: the covariance of coefficients when all answers to a question hang together.

Marginal effects: how many percentage points more errors the treatment makes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from warmbench.records.analysis import Coefficient, Effect, FittedModel, UnfittedModel
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.models.grouped_counts import Conditions, GroupedCounts, grouped_counts
from warmbench.statistics.models.logit import LogitFit, NoFit, expit, fit_logit
from warmbench.statistics.models.model import MODELS, Model, Moderator
from warmbench.statistics.models.observations import Observations

__all__ = [
    "LENGTH_TERM",
    "clustered_covariance",
    "fit_model",
    "fit_models",
    "marginal_effect",
    "two_sided_p",
]


def marginal_effect(
    level: str,
    designs: tuple[Numbers, Numbers],
    answers: Numbers,
    coefficients: Numbers,
    covariance: Numbers,
    clustered: Numbers | None,
) -> Effect:
    """The discrete change, averaged over the answers at the level, both arms':

        effect = 100 sum n (p1 - p0) / sum n,  p0, p1: fitted with T = 0, T = 1, all else as it is.

    Its error is by the delta method, the answers' conditions taken as given:

        gradient = 100 sum n (p1 (1 - p1) x1 - p0 (1 - p0) x0) / sum n,
        SE^2 = gradient' V gradient.

    ``designs``: the rows at the level with T = 0 and with T = 1.
    """
    weights = POINTS * answers / answers.sum()
    p0, p1 = (expit(design @ coefficients) for design in designs)
    change = float(weights @ (p1 - p0))
    gradient = (weights * p1 * (1.0 - p1)) @ designs[1] - (weights * p0 * (1.0 - p0)) @ designs[0]
    error = _error(gradient, covariance)
    robust = None if clustered is None else _error(gradient, clustered)
    return Effect(
        level=level,
        answers=int(answers.sum()),
        points=change,
        standard_error=error,
        p=two_sided_p(change, error),
        clustered_standard_error=robust,
        clustered_p=None if robust is None else two_sided_p(change, robust),
    )


def two_sided_p(value: float, standard_error: float) -> float:
    """P of a value at least so far from zero under the normal law; 1 for 0 with no error."""
    if standard_error == 0.0:
        return 1.0 if value == 0.0 else 0.0
    return math.erfc(abs(value) / standard_error / math.sqrt(2.0))


def _error(gradient: Numbers, covariance: Numbers) -> float:
    return math.sqrt(max(0.0, float(gradient @ covariance @ gradient)))


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


LENGTH_TERM = "words"
"""The term of the length of the answer: log odds a word."""

Numbers = NDArray[np.float64]


def fit_models(
    seen: Observations, *, with_length: bool = True, models: Sequence[Model] = MODELS
) -> list[FittedModel | UnfittedModel]:
    """Every model without length, then, if asked for, every model with it."""
    counts = grouped_counts(seen)
    fitted = [fit_model(counts, model) for model in models]
    if not with_length:
        return fitted
    if np.isnan(seen.words).any():
        reason = "the length of some answers is not known"
        return fitted + [UnfittedModel(m.name, m.title, True, reason, ()) for m in models]
    counts = grouped_counts(seen, with_length=True)
    return fitted + [fit_model(counts, model) for model in models]


def fit_model(counts: GroupedCounts, model: Model) -> FittedModel | UnfittedModel:
    """Fit one model, with the length of the answer where ``counts`` tells rows apart by it."""
    with_length = counts.words is not None
    try:
        return _fitted(counts, model)
    except NoFit as error:
        return UnfittedModel(model.name, model.title, with_length, str(error), error.columns)


def _fitted(counts: GroupedCounts, model: Model) -> FittedModel:
    conditions = counts.conditions
    used = model.uses(conditions)
    _check_comparable(model, conditions, used)
    levels = {
        name: flags for name, flags in model.levels(conditions).items() if (flags & used).any()
    }
    columns = model.terms(conditions)
    terms = [*columns, *([LENGTH_TERM] if counts.words is not None else [])]
    by_condition = np.column_stack(list(columns.values()))
    rows = used[counts.condition]
    fit = fit_logit(
        _design(counts, by_condition)[rows], counts.errors[rows], counts.answers[rows], terms
    )
    clustered, questions = clustered_covariance(counts, rows, fit, by_condition)
    arms = [
        _design(counts, np.column_stack(list(model.terms(_as_arm(conditions, arm)).values())))
        for arm in (False, True)
    ]
    effects = []
    for name, flags in levels.items():
        at = rows & flags[counts.condition]
        effects.append(
            marginal_effect(
                name, (arms[0][at], arms[1][at]), counts.answers[at],
                fit.coefficients, fit.covariance, clustered,
            )
        )  # fmt: skip
    return FittedModel(
        name=model.name,
        title=model.title,
        with_length=counts.words is not None,
        answers=int(counts.answers[rows].sum()),
        questions=questions,
        log_likelihood=fit.log_likelihood,
        coefficients=_coefficients(terms, fit, clustered),
        effects=tuple(effects),
    )


def _check_comparable(model: Model, conditions: Conditions, used: NDArray[np.bool_]) -> None:
    if not used.any():
        raise NoFit("no answer has the conditions it looks at")
    if conditions.treated[used].all() or not conditions.treated[used].any():
        raise NoFit("only one arm has answers")
    levels = model.levels(conditions)
    absent = [name for name, flags in levels.items() if not (flags & used).any()]
    if model.moderator is Moderator.BELIEF_AND_EMOTION and absent:
        raise NoFit(f"not all of {model.moderator} were asked: no {', '.join(absent)}")
    if len(levels) > 1 and len(levels) - len(absent) < 2:
        raise NoFit(f"only one level of {model.moderator} was asked")


def _as_arm(conditions: Conditions, treated: bool) -> Conditions:
    return replace(conditions, treated=np.full(len(conditions), treated))


def _design(counts: GroupedCounts, by_condition: Numbers) -> Numbers:
    design = by_condition[counts.condition]
    return design if counts.words is None else np.column_stack([design, counts.words])


def _coefficients(
    terms: Sequence[str], fit: LogitFit, clustered: Numbers | None
) -> tuple[Coefficient, ...]:
    found = []
    for at, term in enumerate(terms):
        value, error = float(fit.coefficients[at]), math.sqrt(fit.covariance[at, at])
        robust = None if clustered is None else math.sqrt(max(0.0, clustered[at, at]))
        found.append(
            Coefficient(
                term, value, error, two_sided_p(value, error),
                robust, None if robust is None else two_sided_p(value, robust),
            )
        )  # fmt: skip
    return tuple(found)
