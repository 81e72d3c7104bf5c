"""The headline of one treated arm: what stands on top of its section, as sentences and facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from warmbench.data.question_sources import stand_in_tasks
from warmbench.records.estimate import Estimate
from warmbench.records.release import ReleaseRecord
from warmbench.records.scorecard import ArmScore, Coverage, Scorecard
from warmbench.reporting.wording import (
    NOT_MEASURED,
    count,
    gain_interval,
    interval,
    label,
    percent,
    points,
    share,
    signed,
    warmth,
)

__all__ = [
    "Fact",
    "gap_sentences",
    "headline_sentence",
    "key_facts",
    "partial_sentences",
    "stand_in_sentence",
]

_FINGERPRINT_SHOWN = 12


def headline_sentence(score: ArmScore, *, same_model: bool) -> str:
    """The headline loss in one sentence. ``same_model``: the arm is the original over again."""
    arm, loss = score.arm, score.headline.loss
    if loss is None:
        return f"What being made {arm} costs this model could not be measured with these answers."
    if same_model:
        return _same_model_sentence(loss)
    if loss.low is None or loss.high is None:
        return (
            f"Being made {arm} changed this model's accuracy by {signed(-loss.value)} points, "
            "measured on too few questions to give an interval."
        )
    if loss.above_zero:
        return (
            f"Being made {arm} cost this model {points(loss.value)} points of accuracy "
            f"(95\N{NO-BREAK SPACE}% interval {points(loss.low)} to {points(loss.high)})."
        )
    if loss.below_zero:
        return (
            f"Being made {arm} gained this model {points(-loss.value)} points of accuracy "
            f"(95\N{NO-BREAK SPACE}% interval {points(-loss.high)} to {points(-loss.low)})."
        )
    return (
        f"Being made {arm} changed this model's accuracy so little that no loss could be "
        f"detected (loss {signed(loss.value)} points, 95\N{NO-BREAK SPACE}% interval "
        f"{interval(loss)})."
    )


def _same_model_sentence(loss: Estimate) -> str:
    measured = f"{signed(loss.value)} points"
    if loss.low is None or loss.high is None:
        return (
            "Both arms are the same model under two seeds, so the true loss is zero; "
            f"{measured} were measured, on too few questions to give an interval."
        )
    outcome = (
        f"and does: {interval(loss)}."
        if loss.low <= 0.0 <= loss.high
        else f"but does not: {interval(loss)}. Chance does this to one such run in twenty."
    )
    return (
        "Both arms are the same model under two seeds, so the true loss is zero; "
        f"{measured} were measured, and the 95\N{NO-BREAK SPACE}% interval should cover zero "
        f"{outcome}"
    )


def stand_in_sentence(card: Scorecard) -> str:
    """Which tasks the open pool stands in for, in a scorecard; empty where it does for none."""
    tasks = stand_in_tasks(card.question_sources)
    if not tasks:
        return ""
    return (
        f"{_listed(tasks)}: the questions are those of the open pool, as the release may "
        "not contain its own. Compare with runs that asked the same."
    )


def gap_sentences(score: ArmScore) -> list[str]:
    """What a partial score lacks: tasks, then contexts and beliefs; empty when nothing."""
    coverage = score.coverage
    gaps = []
    if coverage.missing_tasks:
        gaps.append("Tasks not asked: " + _listed(coverage.missing_tasks) + ".")
    whole, parts = _missing_contexts(coverage.missing_cells)
    if whole:
        gaps.append("Contexts not asked: " + _listed(whole) + ".")
    for context, beliefs in parts.items():
        gaps.append(f"{label(context)} was not asked with: {_listed(beliefs).lower()}.")
    return gaps


def partial_sentences(card: Scorecard) -> list[str]:
    """Why a score is partial though every condition was asked; empty where it is not."""
    found = []
    if (limit := card.selection.limit) is not None:
        found.append(f"At most {limit:,} questions a task were asked.")
    if unanswered := sum(card.failures.values()):
        found.append(f"{unanswered:,} requests have no answer.")
    if card.release.version is None:
        found.append("The questions are not from a release.")
    return found


def _missing_contexts(cells: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Contexts that miss all three beliefs, and the beliefs that the others miss."""
    missing: dict[str, list[str]] = {}
    for cell in cells:
        context, _, belief = cell.partition("/")
        missing.setdefault(context, []).append(belief)
    whole = [context for context, beliefs in missing.items() if len(beliefs) == 3]
    return whole, {c: beliefs for c, beliefs in missing.items() if c not in whole}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(label, names))


@dataclass(frozen=True, slots=True)
class Fact:
    """A number with its name and, below it, what to know about it. ``style``: how it is set."""

    name: str
    value: str
    note: str = ""
    style: Literal["", "wide", "half", "text", "wide text"] = ""


def key_facts(card: Scorecard, score: ArmScore) -> list[Fact]:
    """The facts of one treated arm of ``card``, the headline first."""
    headline, coverage = score.headline, score.coverage
    return [
        _loss_fact("Headline loss", headline.loss, "wide"),
        _accuracy_fact("original", headline.original_accuracy),
        _accuracy_fact(score.arm, headline.treated_accuracy),
        _loss_fact("Plain loss", score.plain.loss),
        _loss_fact("Sycophancy", score.sycophancy),
        _warmth_fact(card, score.arm),
        _detectable_fact(score.minimum_detectable_effect),
        Fact("Judge", card.judge, _unsure_note(card), "text"),
        Fact("Release", _release_name(card.release), _fingerprint_note(card.release), "wide text"),
        Fact("Items", count(coverage.items), f"from {count(coverage.questions)} questions", "half"),
        _coverage_fact(coverage),
    ]


def _loss_fact(name: str, loss: Estimate | None, style: Literal["", "wide"] = "") -> Fact:
    if loss is None:
        return Fact(name, NOT_MEASURED, style=style)
    note = "no interval" if loss.low is None else interval(loss)
    return Fact(name, signed(loss.value), f"points, {note}", style)


def _accuracy_fact(arm: str, found: Estimate | None) -> Fact:
    if found is None:
        return Fact(f"Accuracy, {arm}", NOT_MEASURED)
    note = "" if found.low is None else f"{points(found.low)} to {points(found.high)}"
    return Fact(f"Accuracy, {arm}", percent(found.value), note)


def _warmth_fact(card: Scorecard, arm: str) -> Fact:
    gain = card.gain(arm)
    if card.warmth is None or gain is None:
        return Fact("Warmth gain", NOT_MEASURED, style="wide")
    ends = "no interval" if gain.low is None else gain_interval(gain)
    note = f"{ends} ({card.warmth.measure}, {count(gain.n)} prompts)"
    return Fact("Warmth gain", warmth(gain.value, sign=True), note, "wide")


def _detectable_fact(value: float | None) -> Fact:
    note = "" if value is None else "points: smaller may go unseen"
    return Fact("Detectable loss", points(value), note)


def _unsure_note(card: Scorecard) -> str:
    unsure = card.unsure_share
    return "" if unsure is None else f"unsure of {share(unsure)} of its verdicts"


def _release_name(release: ReleaseRecord) -> str:
    return f"{release.name} {release.version or '(no version)'}"


def _fingerprint_note(release: ReleaseRecord) -> str:
    """Its first characters, without the name of the hash."""
    shown = release.fingerprint.removeprefix("sha256:")[:_FINGERPRINT_SHOWN]
    return f"fingerprint {shown}"


def _coverage_fact(coverage: Coverage) -> Fact:
    pairs, scored = coverage.pairs, coverage.pairs_scored
    covered = share(scored / pairs) if pairs else NOT_MEASURED
    return Fact(
        "Coverage", covered, f"{count(scored)} of {count(pairs)} answer pairs scored", "half"
    )
