"""Margins: whether a loss is within a margin, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warmbench.records.non_inferiority import MarginVerdict
from warmbench.report.measure import number
from warmbench.report.wording import NOT_MEASURED, count, signed

__all__ = ["margin_text"]

_SET = ("margin", "confidence")


def margin_text(found: Mapping[str, Any] | None) -> str:
    """What a scorecard's ``non_inferiority`` says, in one line without a full stop.

    >>> margin_text({"margin": 3.0, "confidence": 0.95, "lower": 0.2, "upper": 1.9,
    ...              "verdict": "within", "more_questions": None})
    'Non-inferiority at 3 points: shown, the loss is at most +1.9 (one-sided, 95 % confidence)'
    """
    margin, confidence = (number(found[key]) for key in _SET) if found else (None, None)
    if not found or margin is None or confidence is None:
        return f"Non-inferiority: {NOT_MEASURED}"
    name, sure = f"Non-inferiority at {margin:g} points", f"{100.0 * confidence:g} % confidence"
    lower, upper = number(found["lower"]), number(found["upper"])
    if lower is None or upper is None:
        return f"{name}: not decided, as some condition rests on a single question"
    if found["verdict"] == MarginVerdict.WITHIN:
        return f"{name}: shown, the loss is at most {signed(upper)} (one-sided, {sure})"
    if found["verdict"] == MarginVerdict.EXCEEDED:
        return f"{name}: refuted, the loss is at least {signed(lower)} (one-sided, {sure})"
    return (
        f"{name}: not decided, the loss is between {signed(lower)} and {signed(upper)} "
        f"(each one-sided, {sure}); {_needed(number(found['more_questions']))}"
    )


def _needed(more: float | None) -> str:
    if more is None:
        return "it lies so near the margin that no number of questions would decide"
    noun = "question" if more == 1 else "questions"
    return f"about {count(more)} more {noun} would decide it, if the loss stays where it is"
