"""Non-inferiority: whether a loss is within a margin, beyond it, or not yet known.

Both bounds are one-sided at the stated confidence: with 0.95, a loss beyond the margin is called
within it at most once in twenty, and a loss within it beyond it at most once in twenty. (The
two-sided interval of the same bounds is one of 90 %.)

Each bound lies the larger of two reaches from the value. The first is t x standard error. The
second is the rule of three (Hanley & Lippman-Hand, JAMA 249, 1983): where n questions spoke alike,
up to -ln(1 - confidence) / n of all questions may still speak otherwise, each at worst with a
full loss (or gain). It binds where nearly no question has a loss or a gain, or where there are
very few questions: there t trusts a spread that it has hardly seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from warmbench.errors import UsageError
from warmbench.records.estimate import Estimate, MarginVerdict, NonInferiority
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.student_t import t_quantile

__all__ = ["POWER", "non_inferiority"]

POWER = 0.8
"""How often a study of the size that is asked for would decide."""

_ON_THE_MARGIN = 1e-6
"""Points: no number of questions that could be asked tells a nearer value from the margin."""


def non_inferiority(
    loss: Estimate, parts: Sequence[Estimate], margin: float, confidence: float = 0.95
) -> NonInferiority:
    """Hold ``loss`` against ``margin``: ``within`` where the upper bound is at most the margin,
    ``exceeded`` where the lower bound is above it, else ``undecided``.

    ``parts``: the losses of the tasks that ``loss`` is the mean of (itself, where it is of one).
    ``UsageError`` for an invalid margin or confidence.
    """
    if not -POINTS <= margin <= POINTS:
        raise UsageError(f"the margin must be between -100 and 100 points, found {margin:g}")
    if not 0.5 <= confidence < 1.0:
        raise UsageError(
            f"the confidence must be at least 0.5 and less than 1, found {confidence:g}"
        )
    if loss.se is None or loss.df is None:
        return NonInferiority(margin, confidence, None, None, MarginVerdict.UNDECIDED, None)
    spread = t_quantile(confidence, loss.df) * loss.se
    up, down = _rare(parts, confidence, 1.0), _rare(parts, confidence, -1.0)
    lower = max(-POINTS, loss.value - max(spread, down))
    upper = min(POINTS, loss.value + max(spread, up))
    if upper <= margin:
        verdict = MarginVerdict.WITHIN
    elif lower > margin:
        verdict = MarginVerdict.EXCEEDED
    else:
        verdict = MarginVerdict.UNDECIDED
    more = None
    if verdict is MarginVerdict.UNDECIDED:
        more = _more_questions(loss, margin, confidence, up if loss.value < margin else down)
    return NonInferiority(margin, confidence, lower, upper, verdict, more)


def _rare(parts: Sequence[Estimate], confidence: float, side: float) -> float:
    """How far questions that were not drawn could move the loss, by the rule of three.

    With shares p(t) of such questions in the tasks, none of them was drawn with probability
    prod (1 - p)^n <= exp(-sum n p), so that sum n p <= -ln(1 - confidence), and they move the
    mean of the tasks by at most sum p(t) (100 -+ value(t)) / tasks.
    """
    limit = -math.log1p(-confidence)
    return limit * max(
        (POINTS - side * part.value) / (len(parts) * part.n) for part in parts if part.n
    )


def _more_questions(loss: Estimate, margin: float, confidence: float, rare: float) -> int | None:
    """How many questions are missing, spread over the tasks as they are now.

    With Q questions, the gap g between value and margin, and errors that shrink with the root of
    the number of questions: N = Q x max(((t(confidence) + t(power)) x SE / g)^2, rare / g).
    """
    gap = abs(margin - loss.value)
    if gap < _ON_THE_MARGIN or loss.se is None or loss.df is None or loss.n is None:
        return None
    reach = (t_quantile(confidence, loss.df) + t_quantile(POWER, loss.df)) * loss.se
    times = max((reach / gap) ** 2, rare / gap)
    return max(1, math.ceil(loss.n * times) - loss.n)
