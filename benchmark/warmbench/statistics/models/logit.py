"""Maximum likelihood for grouped logistic regression, by Newton's method. (statsmodels has it too;
with scipy it would take the base install beyond 700 MB.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LogitFit", "NoFit", "expit", "fit_logit"]

Numbers = NDArray[np.float64]

_STEPS = 25
"""Newton needs about six. Where a term separates right from wrong its coefficient grows by about
one a step for ever, so that no end is in sight by then."""
_TOLERANCE = 1e-10
_GROWING = 0.01
"""Of the largest step: a coefficient that still moves by this much has no end."""

_SEPARATION = (
    "some terms separate right from wrong answers perfectly (separation), so there are no "
    "finite coefficients of"
)
_COLLINEAR = "the rows can't tell from the other terms"


class NoFit(Exception):
    """The rows determine no finite coefficients; the message says why, without a full stop.
    ``columns``: the terms that it is about, in their order; empty where it is about all rows."""

    def __init__(self, reason: str, columns: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.columns = tuple(columns)


@dataclass(frozen=True)
class LogitFit:
    """Coefficients, their model-based covariance, and the fitted probability of each row."""

    coefficients: Numbers
    covariance: Numbers
    probabilities: Numbers
    log_likelihood: float


def expit(eta: Numbers) -> Numbers:
    """1 / (1 + exp(-eta)), safe for any eta."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * eta)), dtype=np.float64)


def fit_logit(design: Numbers, errors: Numbers, answers: Numbers, terms: list[str]) -> LogitFit:
    """Maximise  sum over rows of  errors eta - answers log(1 + exp(eta)),  eta = design beta.

    ``design``: rows x terms. The covariance is the inverse information, (X' W X)^-1 with
    W = answers p (1 - p): the likelihood, and so coefficients and errors, are those of the
    ungrouped rows (the log-likelihood lacks no constant either). Raises ``NoFit``.
    """
    if not len(design):
        raise NoFit("no answer has these conditions")
    _check_rank(design, terms)
    if not 0.0 < errors.sum() < answers.sum():
        raise NoFit(f"all answers are {'incorrect' if errors.sum() else 'correct'}")
    scale = np.maximum(np.abs(design).max(axis=0), 1e-300)
    scaled = design / scale
    beta = np.zeros(design.shape[1])
    step = np.zeros_like(beta)
    reached = _log_likelihood(scaled @ beta, errors, answers)
    for _ in range(_STEPS):
        p = expit(scaled @ beta)
        information = scaled.T @ (scaled * (answers * p * (1.0 - p))[:, None])
        try:
            step = np.linalg.solve(information, scaled.T @ (errors - answers * p))
        except np.linalg.LinAlgError:
            break
        after = _log_likelihood(scaled @ (beta + step), errors, answers)
        while after < reached - 1e-9 * abs(reached) and np.abs(step).max() > _TOLERANCE:
            step = step / 2.0
            after = _log_likelihood(scaled @ (beta + step), errors, answers)
        beta, reached = beta + step, after
        if np.abs(step).max() <= _TOLERANCE * (1.0 + np.abs(beta).max()):
            return _fit(design, scaled, beta, scale, answers, reached)
    growing = np.abs(step) >= _GROWING * np.abs(step).max()
    raise NoFit(_SEPARATION, [term for term, grows in zip(terms, growing, strict=True) if grows])


def _fit(
    design: Numbers,
    scaled: Numbers,
    beta: Numbers,
    scale: Numbers,
    answers: Numbers,
    log_likelihood: float,
) -> LogitFit:
    p = expit(scaled @ beta)
    information = scaled.T @ (scaled * (answers * p * (1.0 - p))[:, None])
    covariance = np.linalg.inv(information) / np.outer(scale, scale)
    return LogitFit(beta / scale, covariance, p, log_likelihood)


def _log_likelihood(eta: Numbers, errors: Numbers, answers: Numbers) -> float:
    return float(errors @ eta - answers @ np.logaddexp(0.0, eta))


def _check_rank(design: Numbers, terms: list[str]) -> None:
    spread = np.linalg.norm(design, axis=0)
    _, triangle = np.linalg.qr(design / np.where(spread > 0.0, spread, 1.0))
    size = np.abs(np.diag(triangle))
    if len(size) < len(terms) or size.min() < 1e-9:
        at = int(np.argmin(size)) if len(size) == len(terms) else len(size)
        raise NoFit(_COLLINEAR, [terms[at]])
