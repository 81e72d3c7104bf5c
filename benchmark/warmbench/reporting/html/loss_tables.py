"""The tables of losses, refusals and lengths: every number of the figures beside them."""

from __future__ import annotations

from collections.abc import Mapping

from warmbench.conditions import Context
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore, CellScore, Measure
from warmbench.reporting.answers import (
    Answers,
    difference_of,
    mean_of,
    refusal_shares,
    refusal_tasks,
)
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import (
    NO_VALUE,
    NOT_MEASURED,
    estimate_rows,
    interval,
    label,
    loss_text,
    percent,
    percent_text,
    points_text,
    share,
    share_interval,
    signed,
)

__all__ = [
    "belief_table",
    "cell_table",
    "length_table",
    "loss_tables",
    "refusal_table",
]


def loss_tables(score: ArmScore) -> list[Table]:
    """The numbers of the forest plot, the same relative to the original, and what another way of
    counting would make of the headline."""
    return [
        _task_table(score),
        _context_table(score),
        _relative_table(score),
        _sensitivity_table(score),
        *([_further_table(score)] if score.statistics else []),
    ]


def _measure_columns(score: ArmScore, header: str) -> tuple[str, ...]:
    return (header, "Loss", "95 % interval", "Accuracy, original", f"Accuracy, {score.arm}")


def _measure_cells(measure: Measure) -> tuple[str, ...]:
    return (
        signed(measure.loss.value) if measure.loss else NOT_MEASURED,
        interval(measure.loss),
        _accuracy(measure.original_accuracy),
        _accuracy(measure.treated_accuracy),
    )


def _accuracy(found: Estimate | None) -> str:
    return percent(found.value if found else None)


def _task_table(score: ArmScore) -> Table:
    return Table(
        caption="By task",
        columns=_measure_columns(score, "Task"),
        rows=tuple(Row(name, _measure_cells(measure)) for name, measure in _tasks(score)),
    )


def _relative_table(score: ArmScore) -> Table:
    return Table(
        caption="Relative to the original",
        columns=("Task", "Accuracy kept", "95 % interval", "Rise in errors", "95 % interval"),
        rows=tuple(Row(name, _relative_cells(measure)) for name, measure in _tasks(score)),
        note="Accuracy kept: treated accuracy as a part of the original's. Rise in errors: "
        "relative to the errors of the original.",
    )


def _tasks(score: ArmScore) -> list[tuple[str, Measure]]:
    by_task = [(label(task), found) for task, found in score.tasks.items()]
    return [("All tasks", score.headline), *by_task]


def _relative_cells(measure: Measure) -> tuple[str, ...]:
    return (
        _ratio(measure.retention),
        share_interval(measure.retention),
        _ratio(measure.relative_error_rise, sign=True),
        share_interval(measure.relative_error_rise, sign=True),
    )


def _ratio(found: Estimate | None, *, sign: bool = False) -> str:
    return share(found.value if found else None, sign=sign)


def _context_table(score: ArmScore) -> Table:
    return Table(
        caption="By context",
        columns=(*_measure_columns(score, "Context"), "Loss beyond plain", "Loss beyond neutral"),
        rows=tuple(
            Row(
                label(context),
                (
                    *_measure_cells(found),
                    _contrast(score, "plain", context),
                    _contrast(score, "neutral", context),
                ),
            )
            for context, found in score.contexts.items()
        ),
        note="The last two columns compare a context with plain questions, and with a remark of "
        "like length that holds no feeling, on the same questions.",
    )


def _contrast(score: ArmScore, reference: str, context: str) -> str:
    if context == reference:
        return NO_VALUE
    return loss_text(score.contrasts[reference].get(context))


def belief_table(score: ArmScore) -> Table:
    """The numbers of the belief figure, and the loss with each belief."""
    return Table(
        caption="By belief",
        columns=_measure_columns(score, "What the user says they believe"),
        rows=tuple(
            Row(label(belief), _belief_cells(found)) for belief, found in score.beliefs.items()
        ),
        note="95 % intervals of the accuracies in brackets. The arms answered the same questions, "
        "so the loss is known better than the two accuracies.",
    )


def _belief_cells(measure: Measure) -> tuple[str, ...]:
    return (
        *_measure_cells(measure)[:2],
        percent_text(measure.original_accuracy),
        percent_text(measure.treated_accuracy),
    )


_SENSITIVITY = {
    "refusals_wrong": "Refusals counted as wrong",
    "worst_case_high": "All missing answers against the treated model",
    "worst_case_low": "All missing answers in favour of the treated model",
}


def _sensitivity_table(score: ArmScore) -> Table:
    headline = score.headline.loss
    other = {name: score.sensitivity[key] for key, name in _SENSITIVITY.items()}
    rows = [
        ("As reported", headline),
        ("As reported, interval by bootstrap", score.bootstrap),
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


def refusal_table(score: ArmScore, refusals: Mapping[str, Mapping[str, Answers]]) -> Table:
    """The numbers of the refusal figure. ``refusals``: arm -> task -> answers, for intervals."""
    return Table(
        caption="Refusals",
        columns=("Task", "Original", score.arm.capitalize()),
        rows=tuple(
            Row(
                label(task),
                tuple(map(percent_text, refusal_shares(score, task, refusals).values())),
            )
            for task in refusal_tasks(score)
        ),
        note=f"Share of answers; a refused answer is left out of the loss. {_INTERVALS}"
        + "".join(
            f" {label(task)} is not listed: there declining is the right answer and counts as "
            "correct."
            for task in score.tasks
            if task not in refusal_tasks(score)
        ),
    )


def _further_table(score: ArmScore) -> Table:
    return Table(
        caption="Further statistics",
        columns=("Statistic", "Value", "95 % interval"),
        rows=tuple(
            Row(name, (signed(found.value) if found else NOT_MEASURED, interval(found)))
            for name, found in estimate_rows(score.statistics)
        ),
        note="Beyond the metric's own numbers, each in a unit of its own.",
    )


_INTERVALS = (
    "95 % intervals in brackets, all answers to a question counted as a single observation; none "
    "where there is one question, or where all answers are alike."
)


def length_table(words: Mapping[str, Mapping[str, Answers]], arm: str) -> Table:
    """The numbers of the length figure. ``words``: arm -> context -> words of each answer."""
    original, treated = words.get("original", {}), words.get(arm, {})
    return Table(
        caption="Length of the answers",
        columns=("Context", "Original", arm.capitalize(), "Difference"),
        rows=tuple(
            Row(label(context), _length_cells(original.get(context, {}), treated.get(context, {})))
            for context in Context
            if context in original or context in treated
        ),
        note=f"Mean words of an answer, all tasks and beliefs together. {_INTERVALS}",
    )


def _length_cells(original: Answers, treated: Answers) -> tuple[str, ...]:
    return (
        points_text(mean_of(original)),
        points_text(mean_of(treated)),
        loss_text(difference_of(treated, original)),
    )


def cell_table(score: ArmScore) -> Table:
    """Every task, context and belief by itself."""
    return Table(
        caption="Every cell",
        columns=_measure_columns(score, "Task, context, belief"),
        rows=tuple(Row(_cell_name(cell), _measure_cells(cell)) for cell in score.cells),
    )


def _cell_name(cell: CellScore) -> str:
    return ", ".join((label(cell.task), label(cell.context), label(cell.belief)))
