"""Margins: whether a loss is within a margin, in words."""

from __future__ import annotations

from warmbench.records.non_inferiority import MarginVerdict, NonInferiority
from warmbench.reporting.wording import NOT_MEASURED, count, signed

__all__ = ["margin_text", "needed_text"]


def margin_text(found: NonInferiority | None) -> str:
    """What is known of a loss and its margin, in one line without a full stop.

    >>> margin_text(NonInferiority(3.0, 0.95, 0.2, 1.9, MarginVerdict.WITHIN, None))
    'Non-inferiority at 3 points: shown, the loss is at most +1.9 (one-sided, 95 % confidence)'
    """
    if found is None:
        return f"Non-inferiority: {NOT_MEASURED}"
    name = f"Non-inferiority at {found.margin:g} points"
    sure = f"{100.0 * found.confidence:g} % confidence"
    if found.lower is None or found.upper is None:
        return f"{name}: inconclusive, as some condition rests on a single question"
    if found.verdict is MarginVerdict.WITHIN:
        return f"{name}: shown, the loss is at most {signed(found.upper)} (one-sided, {sure})"
    if found.verdict is MarginVerdict.EXCEEDED:
        return f"{name}: refuted, the loss is at least {signed(found.lower)} (one-sided, {sure})"
    return (
        f"{name}: inconclusive, the loss is between {signed(found.lower)} and "
        f"{signed(found.upper)} (each one-sided, {sure}); {needed_text(found.more_questions)}"
    )


def needed_text(more: int | None) -> str:
    """How many more questions an inconclusive loss needs."""
    if more is None:
        return "it is too close to the margin for any number of questions to decide"
    noun = "question" if more == 1 else "questions"
    return f"about {count(more)} more {noun} would decide it, if the loss stays where it is"
