"""The gain in warmth: how much warmer an arm answers the same prompts than ``original`` does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warmbench.errors import DataError
from warmbench.statistics.student_t import t_quantile

__all__ = ["CONFIDENCE", "ORIGINAL", "Gain", "MeanWarmth", "mean_warmth", "warmth_gain"]

ORIGINAL = "original"
"""The arm that every other is compared with."""

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class MeanWarmth:
    """The mean of some scores, in the measure's unit, with its 95 % interval by t.

    ``standard_error`` is None for fewer than two scores; ``low`` and ``high`` also where all are
    alike: scores without spread hold no measure of their own uncertainty, and an interval of no
    width would feign certainty. ``prompts`` counts the scores: one a prompt.
    """

    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    prompts: int


@dataclass(frozen=True, slots=True)
class Gain:
    """Mean of treated minus original over the prompts that both arms answered, in the measure's
    unit; ``standard_error``, ``low`` and ``high`` as in ``MeanWarmth``.

    ``original_mean`` and ``treated_mean`` are over those same ``prompts``, so that ``value`` is
    their difference.
    """

    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    prompts: int
    original_mean: float
    treated_mean: float


def mean_warmth(scores: Sequence[float]) -> MeanWarmth:
    """The mean of independent scores; raises ``ValueError`` when there is none."""
    if not scores:
        raise ValueError("a mean needs at least one score")
    count = len(scores)
    mean = math.fsum(scores) / count
    if count < 2:
        return MeanWarmth(mean, None, None, None, count)
    if min(scores) == max(scores):  # rounding in the mean must not look like spread
        return MeanWarmth(scores[0], 0.0, None, None, count)
    squares = math.fsum((score - mean) ** 2 for score in scores)
    error = math.sqrt(squares / (count - 1) / count)
    reach = t_quantile(0.5 + CONFIDENCE / 2.0, count - 1) * error
    return MeanWarmth(mean, error, mean - reach, mean + reach, count)


def warmth_gain(scores: Mapping[str, Mapping[str, float]], arm: str) -> Gain:
    """The gain of ``arm`` over ``original``; ``scores[arm][prompt_id]`` is one score a prompt (its
    mean over epochs). A prompt is one observation; those that only one arm answered are left out.

    Raises ``DataError`` when one of the arms is missing, when they share no prompt, and for a
    score that is no number.
    """
    for name in (ORIGINAL, arm):
        if name not in scores:
            found = ", ".join(sorted(scores)) or "none"
            raise DataError(f"warmth: no scores of the arm {name!r}; there are those of {found}")
    original, treated = scores[ORIGINAL], scores[arm]
    shared = sorted(original.keys() & treated.keys())
    if not shared:
        raise DataError(f"warmth: the arms {ORIGINAL!r} and {arm!r} answered no prompt in common")
    for prompt in shared:
        if not (math.isfinite(original[prompt]) and math.isfinite(treated[prompt])):
            raise DataError(f"warmth: prompt {prompt!r} of {ORIGINAL!r} or {arm!r} has no score")
    gain = mean_warmth([treated[prompt] - original[prompt] for prompt in shared])
    return Gain(
        gain.value,
        gain.standard_error,
        gain.low,
        gain.high,
        len(shared),
        math.fsum(original[prompt] for prompt in shared) / len(shared),
        math.fsum(treated[prompt] for prompt in shared) / len(shared),
    )
