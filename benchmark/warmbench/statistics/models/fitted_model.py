"""Fitted models: coefficients and marginal effects, with both kinds of error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from warmbench.records.analysis import Coefficient, FittedModel, UnfittedModel
from warmbench.statistics.models.clustered import clustered_covariance
from warmbench.statistics.models.effect import marginal_effect, two_sided_p
from warmbench.statistics.models.grouped_counts import Conditions, GroupedCounts, grouped_counts
from warmbench.statistics.models.logit import LogitFit, NoFit, fit_logit
from warmbench.statistics.models.model import MODELS, Model, Moderator
from warmbench.statistics.models.observations import Observations

__all__ = ["LENGTH_TERM", "fit_model", "fit_models"]

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
