"""Sentences: what the numbers and the pictures say, in plain language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warmbench.data.question_sources import stand_in_tasks
from warmbench.reference_model.ladder import SELECTED_EPOCH, Ladder, Rung
from warmbench.report.figures.error_point import ErrorPoint, error_points
from warmbench.report.figures.forest_row import forest_rows
from warmbench.report.measure import Loss, Measure
from warmbench.report.wording import (
    count,
    gain_text,
    interval,
    label,
    loss_text,
    percent,
    points,
    signed,
)

__all__ = [
    "dose_note",
    "dose_sentence",
    "error_sentence",
    "forest_sentence",
    "gap_sentences",
    "headline_sentence",
    "heat_map_sentence",
    "partial_sentences",
    "stand_in_sentence",
]

Score = Mapping[str, Any]


def headline_sentence(score: Score, *, same_model: bool) -> str:
    """The headline loss in one sentence. ``same_model``: the arm is the original over again."""
    arm, loss = score["arm"], Measure.of(score["headline"]).loss
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
        f"Being made {arm} changed this model's accuracy so little that no loss could be told "
        f"from zero (loss {signed(loss.value)} points, 95\N{NO-BREAK SPACE}% interval "
        f"{interval(loss)})."
    )


def _same_model_sentence(loss: Loss) -> str:
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


def stand_in_sentence(card: Score) -> str:
    """Which tasks the open pool stands in for, in a scorecard; empty where it does for none."""
    tasks = stand_in_tasks(card.get("question_sources", {}))
    if not tasks:
        return ""
    return (
        f"{_listed(tasks)}: the questions are those of the open pool, for the release's own may "
        "not be handed on with it. Compare with runs that asked the same."
    )


def gap_sentences(score: Score) -> list[str]:
    """What a partial score lacks: tasks, then contexts and beliefs; empty when nothing."""
    coverage = score["coverage"]
    gaps = []
    if coverage["missing_tasks"]:
        gaps.append("Tasks not asked: " + _listed(coverage["missing_tasks"]) + ".")
    whole, parts = _missing_contexts(coverage["missing_cells"])
    if whole:
        gaps.append("Contexts not asked: " + _listed(whole) + ".")
    for context, beliefs in parts.items():
        gaps.append(f"{label(context)} was not asked with: {_listed(beliefs).lower()}.")
    return gaps


def partial_sentences(card: Score) -> list[str]:
    """Why a score is partial though every condition was asked; empty where it is not."""
    found = []
    if (limit := card["selection"]["limit"]) is not None:
        found.append(f"At most {limit:,} questions a task were asked.")
    if unanswered := sum(card["failures"].values()):
        found.append(f"{unanswered:,} requests have no answer.")
    if card["release"]["version"] is None:
        found.append("The questions are no release's.")
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


def error_sentence(score: Score, task: str) -> str:
    """What the error figure of a task shows."""
    found, arm = error_points(score, task), score["arm"]
    if not found:
        return f"{label(task)}: nothing was measured."
    more = sum(point.rise > 0.0 for point in found)
    worst = max(found, key=lambda point: point.rise)
    return (
        f"{label(task)}: more errors when {arm} at {more} of {len(found)} points. "
        f"Largest rise: {_condition(worst)}, from {percent(worst.original)} "
        f"to {percent(worst.treated)} errors."
    )


def _condition(point: ErrorPoint) -> str:
    belief = "with a wrong belief stated" if point.belief_stated else "with no belief stated"
    return f"{label(point.context).lower()} {belief}"


def heat_map_sentence(score: Score) -> str:
    """What the heat map shows: the range of its cells."""
    cells = [
        (loss, f"{label(context).lower()} in {label(task)}")
        for task, contexts in score["contexts_by_task"].items()
        for context, found in contexts.items()
        if (loss := Measure.of(found).loss)
    ]
    if not cells:
        return "Nothing was measured."
    worst = max(cells, key=lambda cell: cell[0].value)
    best = min(cells, key=lambda cell: cell[0].value)
    apart = sum(loss.above_zero for loss, _ in cells)
    return (
        f"In {apart} of {len(cells)} cells the interval shows a loss. "
        f"Largest: {worst[1]}, {loss_text(worst[0])}; smallest: {best[1]}, {loss_text(best[0])}."
    )


def forest_sentence(score: Score) -> str:
    """What the forest plot shows: how many intervals leave out zero, and on which side."""
    losses = [row.loss for row in forest_rows(score) if row.loss and not row.whole]
    headline = Measure.of(score["headline"]).loss
    if not losses:
        return "Nothing was measured."
    lost = sum(loss.above_zero for loss in losses)
    won = sum(loss.below_zero for loss in losses)
    return (
        f"Headline loss in points: {loss_text(headline)}. Of the {len(losses)} losses by context "
        f"and by task, the interval is wholly above zero in {lost} and wholly below in {won}."
    )


def dose_note(ladder: Ladder) -> str:
    """What the ladder was measured on, and that it is no finding."""
    release = ladder.release
    return (
        "Loss and warmth of the reference model at each checkpoint of its tuning. This was "
        "measured when the model was made, not in this run: on "
        f"{count(ladder.questions)} questions a task of {release.name} "
        f"{release.version or '(no version)'}, at temperature {ladder.temperature:g}, judged by "
        f"{ladder.judge}. "
        "It is a reference for the software, not a finding about language models."
    )


def dose_sentence(ladder: Ladder) -> str:
    """What the dose figure shows: each arm at the selected epoch, and where its loss is largest."""
    parts = [_arm_dose(arm, ladder.rungs_of(arm)) for arm in ladder.arms]
    return " ".join((*parts, "Markers of one epoch stand side by side to keep their bars apart."))


def _arm_dose(arm: str, rungs: Sequence[Rung]) -> str:
    worst = max(rungs, key=lambda rung: rung.loss.value)
    largest = f"largest loss {signed(worst.loss.value)} at epoch {worst.epoch:g}."
    selected = next((rung for rung in rungs if rung.epoch == SELECTED_EPOCH), None)
    if selected is None:
        return f"{arm.capitalize()}: {largest}"
    return (
        f"{arm.capitalize()} at the selected epoch {SELECTED_EPOCH:g}: loss "
        f"{loss_text(Loss.of(selected.loss.model_dump()))} points, warmth gain "
        f"{gain_text(Loss.of(selected.warmth.model_dump()))}; {largest}"
    )
