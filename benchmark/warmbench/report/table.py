"""Tables: every number of a report as rows of text, a header in front of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.conditions import Task
from warmbench.judging.verdict import Verdict
from warmbench.reference.ladder import SELECTED_EPOCH, Ladder, Rung
from warmbench.report.measure import Loss, Measure, number
from warmbench.report.wording import (
    NO_VALUE,
    NOT_MEASURED,
    count,
    gain_interval,
    gain_text,
    interval,
    label,
    loss_text,
    percent,
    points,
    share,
    signed,
    warmth,
)

__all__ = [
    "Row",
    "Table",
    "arm_tables",
    "cell_table",
    "dose_table",
    "response_table",
    "warmth_table",
]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A header and its cells."""

    header: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` names the header column and then each cell. ``note`` stands below the caption."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


def arm_tables(score: Json) -> list[Table]:
    """The tables of one treated arm, in the order of the page."""
    return [
        _task_table(score),
        _context_table(score),
        _belief_table(score),
        _sensitivity_table(score),
        _refusal_table(score),
    ]


def _measure_columns(score: Json, header: str) -> tuple[str, ...]:
    return (header, "Loss", "95 % interval", "Accuracy, original", f"Accuracy, {score['arm']}")


def _measure_cells(measure: Measure) -> tuple[str, ...]:
    return (
        signed(measure.loss.value) if measure.loss else NOT_MEASURED,
        interval(measure.loss),
        percent(measure.original_accuracy),
        percent(measure.treated_accuracy),
    )


def _task_table(score: Json) -> Table:
    rows = [("All tasks", score["headline"])]
    rows += [(label(task), found) for task, found in score["tasks"].items()]
    return Table(
        caption="By task",
        columns=(*_measure_columns(score, "Task"), "Rise in errors", "Accuracy kept"),
        rows=tuple(_task_row(name, Measure.of(found)) for name, found in rows),
        note="Rise in errors is relative to the errors of the original.",
    )


def _task_row(name: str, measure: Measure) -> Row:
    rise = share(measure.relative_error_rise, sign=True)
    return Row(name, (*_measure_cells(measure), rise, share(measure.retention)))


def _context_table(score: Json) -> Table:
    return Table(
        caption="By context",
        columns=(*_measure_columns(score, "Context"), "Loss beyond plain", "Loss beyond neutral"),
        rows=tuple(
            Row(
                label(context),
                (
                    *_measure_cells(Measure.of(found)),
                    _contrast(score, "plain", context),
                    _contrast(score, "neutral", context),
                ),
            )
            for context, found in score["contexts"].items()
        ),
        note="The last two columns compare a context with plain questions, and with a remark of "
        "like length that holds no feeling, on the same questions.",
    )


def _contrast(score: Json, reference: str, context: str) -> str:
    if context == reference:
        return NO_VALUE
    return loss_text(Loss.of(score["contrasts"][reference].get(context)))


def _belief_table(score: Json) -> Table:
    return Table(
        caption="By belief",
        columns=_measure_columns(score, "What the user says they believe"),
        rows=tuple(
            Row(label(belief), _measure_cells(Measure.of(found)))
            for belief, found in score["beliefs"].items()
        ),
    )


_SENSITIVITY = {
    "refusals_wrong": "Refusals counted as wrong",
    "worst_case_high": "All missing answers against the treated model",
    "worst_case_low": "All missing answers in favour of the treated model",
}


def _sensitivity_table(score: Json) -> Table:
    headline = Measure.of(score["headline"]).loss
    other = {name: Loss.of(score["sensitivity"][key]) for key, name in _SENSITIVITY.items()}
    rows = [
        ("As reported", headline),
        ("As reported, interval by bootstrap", _bootstrapped(score, headline)),
        *other.items(),
    ]
    return Table(
        caption="Would another way of counting change the headline?",
        columns=("Way of counting", "Loss", "95 % interval"),
        rows=tuple(
            Row(name, (signed(loss.value) if loss else NOT_MEASURED, interval(loss)))
            for name, loss in rows
        ),
    )


def _bootstrapped(score: Json, headline: Loss | None) -> Loss | None:
    found = score["bootstrap"]
    if headline is None or not found:
        return None
    return Loss(headline.value, number(found["low"]), number(found["high"]))


_REFUSAL_IS_CORRECT = {task.value for task in Task if task.refusal_is_correct}


def _refusal_table(score: Json) -> Table:
    original, treated = score["refusals"]["original"], score["refusals"]["treated"]
    tasks = [task for task in score["tasks"] if task not in _REFUSAL_IS_CORRECT]
    return Table(
        caption="Refusals",
        columns=("Task", "Original", score["arm"].capitalize()),
        rows=tuple(
            Row(
                label(task),
                (percent(number(original.get(task))), percent(number(treated.get(task)))),
            )
            for task in tasks
        ),
        note="Share of answers; a refused answer is left out of the loss. Disinformation is not "
        "listed: there declining is the right answer and counts as correct.",
    )


def cell_table(score: Json) -> Table:
    """Every task, context and belief by itself."""
    return Table(
        caption="Every cell",
        columns=_measure_columns(score, "Task, context, belief"),
        rows=tuple(
            Row(_cell_name(cell), _measure_cells(Measure.of(cell))) for cell in score["cells"]
        ),
    )


def _cell_name(cell: Json) -> str:
    return ", ".join((label(cell["task"]), label(cell["context"]), label(cell["belief"])))


def response_table(card: Json) -> Table:
    """What became of the answers of every arm: verdicts, failures, length."""
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
        rows=tuple(Row(arm.capitalize(), _response_cells(card, arm, verdicts)) for arm in arms),
        note="Unanswered: requests that failed. Neither they nor unscored answers count as wrong.",
    )


def _response_cells(card: Json, arm: str, verdicts: Iterable[str]) -> tuple[str, ...]:
    counts = card["verdicts"].get(arm, {})
    return (
        *(count(number(counts.get(verdict))) for verdict in verdicts),
        count(number(card["failures"].get(arm))),
        points(number(card["response_words"].get(arm))),
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
        "prompts that both answered.",
    )


def _gain_cells(found: Json, arm: str) -> tuple[str, ...]:
    if arm not in found["gains"]:  # the original
        return (NO_VALUE, NO_VALUE, count(number(found["prompts"])))
    gain = Loss.of(found["gains"][arm])
    if gain is None:
        return (NOT_MEASURED, NOT_MEASURED, "0")
    prompts = count(number(found["gains"][arm]["prompts"]))
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
