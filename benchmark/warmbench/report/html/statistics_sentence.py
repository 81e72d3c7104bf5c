"""Statistics sentences: what the pictures of the statistics section show, in plain language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warmbench.conditions import Belief, Context
from warmbench.report.clustered_mean import Answers, difference_of, interval_of, mean_of
from warmbench.report.html.table import refusal_tasks
from warmbench.report.margin import margin_text
from warmbench.report.measure import Loss, Measure, number
from warmbench.report.wording import (
    NOT_MEASURED,
    label,
    loss_text,
    percent_text,
    points,
    points_text,
    share_text,
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


def refusal_sentence(score: Score, refusals: Mapping[str, Mapping[str, Answers]]) -> str:
    """What the refusal figure shows. ``refusals``: arm -> task -> answers, for intervals."""
    arms = {"original": "original", score["arm"]: "treated"}
    shares = {
        task: {arm: number(score["refusals"][side].get(task)) for arm, side in arms.items()}
        for task in refusal_tasks(score)
    }
    known = {task: found for task, found in shares.items() if None not in found.values()}
    if not known:
        return f"Refusals: {NOT_MEASURED}."
    if not any(share for found in known.values() for share in found.values()):
        return "Neither model refused an answer."
    return " ".join(
        f"{label(task)}: "
        + ", ".join(
            f"{arm} {percent_text(share, interval_of(refusals.get(arm, {}).get(task, {}), 100.0))}"
            for arm, share in found.items()
        )
        + "."
        for task, found in known.items()
    )


def length_sentence(words: Mapping[str, Mapping[str, Answers]], arm: str) -> str:
    """What the length figure shows: the lengths on plain questions, and the largest difference."""
    original, treated = words.get("original", {}), words.get(arm, {})
    apart = {
        context: difference
        for context in (c.value for c in Context if c in original and c in treated)
        if (difference := difference_of(treated[context], original[context])) is not None
    }
    if not apart:
        return "The length of the answers was not measured."
    most = max(apart, key=lambda context: abs(apart[context].value))
    parts = [f"Largest difference: {label(most).lower()}, {loss_text(apart[most])} words."]
    if Context.PLAIN in apart:
        one, other = (
            points_text(mean_of(found), interval_of(found))
            for found in (original[Context.PLAIN], treated[Context.PLAIN])
        )
        parts.insert(0, f"Plain questions: original {one} words, {arm} {other}.")
    return " ".join(parts)
