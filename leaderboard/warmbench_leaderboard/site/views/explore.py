"""Explore: figures of many entries side by side, or of one in depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmbench.conditions import Belief
from warmbench.reporting.figures.error import error_figure, error_sentence
from warmbench.reporting.figures.heat_map import heat_map_sentence, loss_heat_map
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import NO_VALUE, gain_text, label, loss_text, percent, signed
from warmbench_leaderboard.index.board import Board, Cell, Details, Entry, KnownMeasure
from warmbench_leaderboard.site.plots.entry_figures import (
    context_errors,
    dose_response,
    shared_range,
)
from warmbench_leaderboard.site.plots.interval_drawing import Picture
from warmbench_leaderboard.site.views.search import matching, sorted_entries
from warmbench_leaderboard.site.views.table_state import TableState
from warmbench_leaderboard.site.views.version_ranking import board_majors, version_ranking

__all__ = [
    "PANELS",
    "EntryPictures",
    "Overview",
    "Panel",
    "entry_pictures",
    "overview",
    "without_wordings",
]

PANELS = 6
"""Entries side by side on one page."""


@dataclass(frozen=True, slots=True)
class Panel:
    entry: Entry
    picture: Picture


@dataclass(frozen=True, slots=True)
class Overview:
    """Many entries, a panel each, on shared axes; ``table`` holds the same numbers. ``majors``:
    of the releases, newest first; ``major``: the one shown."""

    state: TableState
    majors: tuple[int, ...]
    major: int | None
    panels: tuple[Panel, ...]
    matches: int
    pages: int
    table: Table


@dataclass(frozen=True, slots=True)
class EntryPictures:
    """One entry: errors by task, heat map, and dose and response where it was measured."""

    entry: Entry
    title: str
    errors: tuple[Picture, ...]
    heat_map: Picture
    heat_table: Table
    dose: Picture | None
    dose_table: Table | None
    error_table: Table

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return (*self.errors, self.heat_map, *([self.dose] if self.dose else []))


def overview(board: Board, state: TableState) -> Overview:
    """The entries that match the filters, best ranked first, ``PANELS`` per page."""
    ranking = version_ranking(board, state.major)
    found = sorted_entries(matching(ranking.entries, state), state)
    pages = max(1, -(-len(found) // PANELS))
    page = min(state.page, pages)
    shown = found[(page - 1) * PANELS : page * PANELS]
    ends = shared_range(shown)
    panels = tuple(_panel(entry, ends, number) for number, entry in enumerate(shown))
    return Overview(
        state=replace(state, page=page, major=ranking.query_major),
        majors=board_majors(board),
        major=ranking.major,
        panels=panels,
        matches=len(found),
        pages=pages,
        table=_overview_table(shown),
    )


def _panel(entry: Entry, ends: tuple[float, float], number: int) -> Panel:
    worst = max(entry.contexts.items(), key=lambda item: item[1].loss.value, default=None)
    words = _worst_words(*worst) if worst else "Not measured by context."
    figure = context_errors(entry, ends)
    return Panel(entry, Picture(f"panel-{number}", entry.title, figure, words))


def _worst_words(context: str, pair: KnownMeasure) -> str:
    original, treated = 100.0 - pair.original_accuracy.value, 100.0 - pair.treated_accuracy.value
    errors = f"from {percent(original)} to {percent(treated)}"
    name = f"{label(context).lower()} ({signed(pair.loss.value)} points)"
    if pair.loss.value > 0.0:
        return f"Most is lost in {name}: errors rise {errors}."
    return f"Nothing is lost in any context; errors fall least in {name}, {errors}."


def _overview_table(entries: list[Entry]) -> Table:
    contexts = list(dict.fromkeys(c for entry in entries for c in entry.contexts))
    return Table(
        caption="Loss by context",
        columns=("Context", *(entry.title for entry in entries)),
        rows=tuple(
            Row(
                label(context),
                tuple(_context_text(entry, context) for entry in entries),
            )
            for context in contexts
        ),
        note="Points of accuracy lost, over all tasks; 95 % intervals in brackets.",
    )


def _context_text(entry: Entry, context: str) -> str:
    pair = entry.contexts.get(context)
    return loss_text(pair.loss) if pair else NO_VALUE


def entry_pictures(entry: Entry, details: Details) -> EntryPictures:
    """All pictures of one entry, each with its table."""
    cells = without_wordings(details.cells)
    measures = details.contexts_by_task
    tasks = list(dict.fromkeys(cell.task for cell in cells))
    dose = details.dose_response
    return EntryPictures(
        entry=entry,
        title=entry.title,
        errors=tuple(
            Picture(
                f"errors-{number}",
                label(task),
                error_figure(cells, task, entry.arm).update_layout(showlegend=False),
                error_sentence(cells, task, entry.arm),
            )
            for number, task in enumerate(tasks)
        ),
        heat_map=Picture(
            "heat-map",
            "Heat map of the loss by context and task",
            loss_heat_map(measures),
            heat_map_sentence(measures),
        ),
        heat_table=_heat_table(entry, details),
        error_table=_error_table(details),
        dose=_dose_picture(details) if dose else None,
        dose_table=_dose_table(details) if dose else None,
    )


def _heat_table(entry: Entry, details: Details) -> Table:
    tasks = list(details.contexts_by_task)
    return Table(
        caption="Loss by context and task",
        columns=("Context", *(label(task) for task in tasks), "All tasks"),
        rows=tuple(
            Row(
                label(context),
                (
                    *(
                        loss_text(pairs[context].loss) if context in pairs else NO_VALUE
                        for pairs in details.contexts_by_task.values()
                    ),
                    loss_text(whole.loss),
                ),
            )
            for context, whole in entry.contexts.items()
        ),
        note="Points of accuracy lost; 95 % intervals in brackets.",
    )


def _error_table(details: Details) -> Table:
    return Table(
        caption="Errors of both models",
        columns=("Task, context, belief", "Error, original", "Error, treated", "Rise"),
        rows=tuple(
            Row(
                ", ".join((label(cell.task), label(cell.context), label(cell.belief))),
                (
                    percent(100.0 - cell.original_accuracy.value),
                    percent(100.0 - cell.treated_accuracy.value),
                    signed(cell.loss.value),
                ),
            )
            for cell in details.cells
        ),
    )


def _dose_picture(details: Details) -> Picture:
    last = details.dose_response[-1]
    words = f"After {last.epochs:g} epochs of tuning the loss is {loss_text(last.loss)} points" + (
        f" and the gain in warmth {gain_text(last.warmth_gain)}." if last.warmth_gain else "."
    )
    title = "Line chart of loss and warmth gain over the epochs of tuning"
    return Picture("dose", title, dose_response(details.dose_response), words)


def _dose_table(details: Details) -> Table:
    return Table(
        caption="Dose-response",
        columns=("Epochs", "Loss in points", "Warmth gain"),
        rows=tuple(
            Row(
                f"{point.epochs:g}",
                (
                    loss_text(point.loss),
                    gain_text(point.warmth_gain) if point.warmth_gain else "not measured",
                ),
            )
            for point in details.dose_response
        ),
    )


_BOTH_WORDINGS = "present"


def without_wordings(cells: Sequence[Cell]) -> list[Cell]:
    """Without the single wordings of a belief, where there is a cell for both together."""
    joined = {(cell.task, cell.context) for cell in cells if cell.belief == _BOTH_WORDINGS}
    return [
        cell
        for cell in cells
        if cell.belief in (_BOTH_WORDINGS, Belief.NONE) or (cell.task, cell.context) not in joined
    ]
