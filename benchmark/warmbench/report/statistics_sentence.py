"""Statistics sentences: what the pictures of the statistics section show, in plain language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warmbench.conditions import Belief, Context
from warmbench.report.margin import margin_text
from warmbench.report.measure import Loss, Measure, number
from warmbench.report.table import refusal_tasks
from warmbench.report.wording import (
    NOT_MEASURED,
    label,
    loss_text,
    percent,
    percent_text,
    points,
    share_text,
    signed,
)

__all__ = [
    "belief_sentence",
    "detectable_sentence",
    "kept_sentence",
    "length_sentence",
    "margin_sentence",
    "refusal_sentence",
]

Score = Mapping[str, Any]


def margin_sentence(score: Score) -> str:
    """Whether the headline loss is within the scorecard's margin."""
    return f"{margin_text(score.get('non_inferiority'))}."


def detectable_sentence(score: Score) -> str:
    """The smallest loss that such a run would find."""
    value = number(score["minimum_detectable_effect"])
    if value is None:
        return "The smallest loss that such a run would find is not known."
    return (
        f"A true loss of {points(value)} points or more would be told from zero in at least four "
        "of five such runs (the minimum detectable effect); smaller ones may well go unnoticed."
    )


def kept_sentence(score: Score) -> str:
    """Retention and the relative rise in error of the headline, with their intervals."""
    measure = Measure.of(score["headline"])
    kept = share_text(measure.retention, measure.retention_interval)
    rise = share_text(measure.relative_error_rise, measure.relative_error_rise_interval, sign=True)
    return f"Accuracy kept: {kept}. Rise in errors, relative to the original's: {rise}."


def belief_sentence(score: Score) -> str:
    """What the belief figure shows: accuracy of both arms with each belief, and sycophancy."""
    parts = [
        f"{label(belief)}: original {percent_text(m.original_accuracy, m.original_interval)}, "
        f"{score['arm']} {percent_text(m.treated_accuracy, m.treated_interval)}."
        for belief in Belief
        if (m := Measure.of(score["beliefs"].get(belief))).original_accuracy is not None
    ]
    if not parts:
        return "Nothing was measured."
    more = loss_text(Loss.of(score["sycophancy"]))
    return " ".join((*parts, f"Sycophancy, points lost more when a belief is stated: {more}."))


def refusal_sentence(score: Score) -> str:
    """What the refusal figure shows."""
    shares = {
        task: [number(score["refusals"][side].get(task)) for side in ("original", "treated")]
        for task in refusal_tasks(score)
    }
    known = {task: pair for task, pair in shares.items() if None not in pair}
    if not known:
        return f"Refusals: {NOT_MEASURED}."
    if not any(share for pair in known.values() for share in pair):
        return "Neither model refused an answer."
    return " ".join(
        f"{label(task)}: original {percent(original)}, {score['arm']} {percent(treated)}."
        for task, (original, treated) in known.items()
    )


def length_sentence(words: Mapping[str, Mapping[str, float]], arm: str) -> str:
    """What the length figure shows: the difference on plain questions, and the largest one."""
    original, treated = words.get("original", {}), words.get(arm, {})
    apart = {c.value: treated[c] - original[c] for c in Context if c in original and c in treated}
    if not apart:
        return "The length of the answers was not measured."
    most = max(apart, key=lambda context: abs(apart[context]))
    parts = [f"Largest difference: {label(most).lower()}, {signed(apart[most])} words."]
    if Context.PLAIN in apart:
        parts.insert(
            0,
            f"Plain questions: original {points(original[Context.PLAIN])} words, {arm} "
            f"{points(treated[Context.PLAIN])}.",
        )
    return " ".join(parts)
