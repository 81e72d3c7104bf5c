"""The gain in warmth: how much more warmly an arm answers the same prompts than ``original``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from warmbench.errors import DataError
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import WarmthGain
from warmbench.statistics.student_t import t_quantile

__all__ = ["CONFIDENCE", "ORIGINAL", "mean_warmth", "warmth_gain"]

ORIGINAL = "original"
"""The arm that every other is compared with."""

CONFIDENCE = 0.95

_T = "t"


def mean_warmth(scores: Sequence[float]) -> Estimate:
    """The mean of independent scores, one a prompt, in the measure's unit; raises ``ValueError``
    when there is none."""
    if not scores:
        raise ValueError("a mean needs at least one score")
    count = len(scores)
    mean = math.fsum(scores) / count
    if count < 2:
        return Estimate(mean, n=count, method=_T)
    if min(scores) == max(scores):  # rounding in the mean must not look like spread
        return Estimate(scores[0], se=0.0, df=count - 1, n=count, method=_T)
    squares = math.fsum((score - mean) ** 2 for score in scores)
    error = math.sqrt(squares / (count - 1) / count)
    reach = t_quantile(0.5 + CONFIDENCE / 2.0, count - 1) * error
    return Estimate(mean, mean - reach, mean + reach, error, count - 1, count, _T)


def warmth_gain(scores: Mapping[str, Mapping[str, float]], arm: str) -> WarmthGain:
    """The gain of ``arm`` over ``original``; ``scores[arm][prompt_id]`` is one score a prompt (its
    mean over epochs). A prompt is one observation; those that only one arm answered are left out.

    Raises ``DataError`` when one of the arms is missing, when they share no prompt, and for a
    score that is not a number.
    """
    for name in (ORIGINAL, arm):
        if name not in scores:
            found = ", ".join(sorted(scores)) or "none"
            raise DataError(f"warmth: no scores of the arm {name!r}; found those of {found}")
    original, treated = scores[ORIGINAL], scores[arm]
    shared = sorted(original.keys() & treated.keys())
    if not shared:
        raise DataError(f"warmth: no prompt was answered by both {ORIGINAL!r} and {arm!r}")
    for prompt in shared:
        if not (math.isfinite(original[prompt]) and math.isfinite(treated[prompt])):
            raise DataError(
                f"warmth: the score of prompt {prompt!r} in {ORIGINAL!r} or {arm!r} is not a number"
            )
    gain = mean_warmth([treated[prompt] - original[prompt] for prompt in shared])
    return WarmthGain(
        gain=gain,
        original_mean=math.fsum(original[prompt] for prompt in shared) / len(shared),
        treated_mean=math.fsum(treated[prompt] for prompt in shared) / len(shared),
    )
