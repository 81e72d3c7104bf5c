"""Card tables: what a report tabulates of the whole study, not of one treated arm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from warmbench.records.verdict import Verdict
from warmbench.reference_model.ladder import SELECTED_EPOCH, Ladder, Rung
from warmbench.report.clustered_mean import Answers, Question, interval_of
from warmbench.report.html.table import Row, Table
from warmbench.report.measure import Loss, number
from warmbench.report.wording import (
    NO_VALUE,
    NOT_MEASURED,
    count,
    gain_interval,
    gain_text,
    loss_text,
    points_text,
    warmth,
)

__all__ = ["dose_table", "response_table", "warmth_table"]

Json = Mapping[str, Any]


def response_table(card: Json, words: Mapping[str, Mapping[str, Answers]]) -> Table:
    """What became of the answers of every arm: verdicts, failures, length. ``words``: arm ->
    context -> words of each answer, for intervals."""
    arms = [arm["name"] for arm in card["study"]["arms"]]
    verdicts = [verdict.value for verdict in Verdict]
    return Table(
        caption="Answers of each arm",
        columns=(
            "Arm",
            *(verdict.capitalize() for verdict in verdicts),
            "Unanswered",
            "Mean length in words",
        ),
        rows=tuple(
            Row(arm.capitalize(), _response_cells(card, arm, verdicts, words.get(arm, {})))
            for arm in arms
        ),
        note="Unanswered: requests that failed. Neither they nor unscored answers count as wrong. "
        "Beside the mean length its 95 % interval, by question, where it can be told.",
    )


def _response_cells(
    card: Json, arm: str, verdicts: Iterable[str], words: Mapping[str, Answers]
) -> tuple[str, ...]:
    counts = card["verdicts"].get(arm, {})
    lengths: dict[Question, list[float]] = {}
    for answers in words.values():
        for question, values in answers.items():
            lengths.setdefault(question, []).extend(values)
    return (
        *(count(number(counts.get(verdict))) for verdict in verdicts),
        count(number(card["failures"].get(arm))),
        points_text(number(card["response_words"].get(arm)), interval_of(lengths)),
    )


def warmth_table(card: Json) -> Table | None:
    """How warm every arm answered the prompts; None where nobody measured it."""
    found = card.get("warmth")
    if not found:
        return None
    return Table(
        caption="Warmth of each arm",
        columns=("Arm", "Mean warmth", "Gain", "95 % interval of the gain", "Prompts"),
        rows=tuple(
            Row(arm.capitalize(), (warmth(number(mean)), *_gain_cells(found, arm)))
            for arm, mean in found["arms"].items()
        ),
        note=f"By {found['measure']}, in its unit. The gain is against the original on the "
        "prompts that both answered. `warmbench warmth RUN` gives the intervals of the means.",
    )


def _gain_cells(found: Json, arm: str) -> tuple[str, ...]:
    if arm not in found["gains"]:  # the original
        return (NO_VALUE, NO_VALUE, count(number(found["prompts"])))
    gain = Loss.of((found["gains"][arm] or {}).get("gain"))
    if gain is None:
        return (NOT_MEASURED, NOT_MEASURED, "0")
    prompts = count(number(found["gains"][arm]["gain"]["n"]))
    return (warmth(gain.value, sign=True), gain_interval(gain), prompts)


def dose_table(ladder: Ladder) -> Table:
    """Every checkpoint of every arm: the numbers of the dose figure."""
    return Table(
        caption="Every checkpoint",
        columns=("Arm and epoch", "Steps", "Loss in points", "Warmth gain"),
        rows=tuple(_rung_row(rung) for arm in ladder.arms for rung in ladder.rungs_of(arm)),
        note=f"95 % intervals in brackets. Warmth by {ladder.measure}, in its unit.",
    )


def _rung_row(rung: Rung) -> Row:
    selected = ", selected" if rung.epoch == SELECTED_EPOCH else ""
    return Row(
        f"{rung.arm.capitalize()}, epoch {rung.epoch:g}{selected}",
        (
            count(rung.steps),
            loss_text(Loss.of(rung.loss.model_dump())),
            gain_text(Loss.of(rung.warmth.model_dump())),
        ),
    )
