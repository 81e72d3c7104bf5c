"""Study tables: what a report tabulates of the whole study, not of one treated arm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import Scorecard, Warmth
from warmbench.records.verdict import Verdict
from warmbench.reference_model.ladder import SELECTED_EPOCH, Ladder, Rung
from warmbench.reporting.answers import Answers, Question, mean_of
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import (
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


def response_table(card: Scorecard, words: Mapping[str, Mapping[str, Answers]]) -> Table:
    """What became of the answers of every arm: verdicts, failures, length. ``words``: arm ->
    context -> words of each answer, for intervals."""
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
            for arm in card.models
        ),
        note="Unanswered: requests that failed. Neither they nor unscored answers count as wrong. "
        "Beside the mean length its 95 % interval, by question, where it can be computed.",
    )


def _response_cells(
    card: Scorecard, arm: str, verdicts: Iterable[str], words: Mapping[str, Answers]
) -> tuple[str, ...]:
    counts = card.verdicts.get(arm, {})
    lengths: dict[Question, list[float]] = {}
    for answers in words.values():
        for question, values in answers.items():
            lengths.setdefault(question, []).extend(values)
    return (
        *(count(counts.get(verdict)) for verdict in verdicts),
        count(card.failures.get(arm)),
        points_text(_mean_length(card.response_words.get(arm), lengths)),
    )


def _mean_length(value: float | None, lengths: Answers) -> Estimate | None:
    """The scorecard's mean with the interval of the answers."""
    if value is None:
        return None
    found = mean_of(lengths)
    return replace(found, value=value) if found else Estimate(value)


def warmth_table(card: Scorecard) -> Table | None:
    """How warm every arm answered the prompts; None where nobody measured it."""
    found = card.warmth
    if found is None:
        return None
    return Table(
        caption="Warmth of each arm",
        columns=("Arm", "Mean warmth", "Gain", "95 % interval of the gain", "Prompts"),
        rows=tuple(
            Row(arm.capitalize(), (warmth(mean), *_gain_cells(found, arm)))
            for arm, mean in found.arms.items()
        ),
        note=f"By {found.measure}, in its unit. The gain is against the original on the "
        "prompts that both answered. `warmbench warmth RUN` gives the intervals of the means.",
    )


def _gain_cells(found: Warmth, arm: str) -> tuple[str, ...]:
    if arm not in found.gains:  # the original
        return (NO_VALUE, NO_VALUE, count(found.prompts))
    gain = found.gain(arm)
    if gain is None:
        return (NOT_MEASURED, NOT_MEASURED, "0")
    return (warmth(gain.value, sign=True), gain_interval(gain), count(gain.n))


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
            loss_text(rung.loss),
            gain_text(rung.warmth),
        ),
    )
