"""Compare: two entries, how far their losses are apart, and whether chance explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from warmbench.report.html.table import Row, Table
from warmbench.report.wording import NO_VALUE, label, percent, points, signed
from warmbench_leaderboard.index.board import Board, Entry, Figure, Pair
from warmbench_leaderboard.services.board_source import BoardSource
from warmbench_leaderboard.site.plots.interval_drawing import interval_drawing, scale_of
from warmbench_leaderboard.site.views.column import interval_text
from warmbench_leaderboard.site.views.paired import Difference, compare_entries
from warmbench_leaderboard.site.views.search import entries_for, entry_title

__all__ = ["Choice", "Comparison", "choose", "comparison"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One side: what was typed, the entry it means, or the entries it may mean."""

    text: str
    entry: Entry | None
    others: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two entries side by side. ``verdict``: the difference in one sentence."""

    first: Entry
    second: Entry
    titles: tuple[str, str]
    difference: Difference
    verdict: str
    drawings: tuple[Markup, Markup, Markup]
    facts: Table
    contexts: Table
    tasks: Table


def choose(board: Board, text: str) -> Choice:
    """What a side of the address means."""
    found = entries_for(board, text) if text.strip() else []
    if len(found) == 1:
        return Choice(text, found[0], ())
    return Choice(text, None, tuple(found))


def comparison(source: BoardSource, first: Entry, second: Entry) -> Comparison:
    """The figures of both, and the second minus the first."""
    details = source.details(first.entry_id), source.details(second.entry_id)
    found = compare_entries(first, details[0], second, details[1])
    losses = (first.headline.loss, second.headline.loss, found.headline)
    scale = scale_of(losses)
    one, other, apart = (interval_drawing(figure, scale) for figure in losses)
    return Comparison(
        first=first,
        second=second,
        titles=(entry_title(first), entry_title(second)),
        difference=found,
        verdict=_verdict(first, second, found),
        drawings=(one, other, apart),
        facts=_facts(first, second),
        contexts=_pairs("Loss by context", "Context", first, second, "contexts"),
        tasks=_by_task(first, second, found),
    )


def _verdict(first: Entry, second: Entry, found: Difference) -> str:
    figure = found.headline
    names = _told_apart(first, second)
    more, less = (names[1], names[0]) if figure.value >= 0.0 else names
    gain = max(first.headline.loss.value, second.headline.loss.value) <= 0.0
    change = f"{'gains' if gain else 'loses'} {points(abs(figure.value))} points"
    apart = f"{more} {change} {'less' if gain else 'more'}"
    if figure.low is None or figure.high is None:
        return f"{apart} than {less}; how sure that is can't be said."
    if figure.low > 0.0 or figure.high < 0.0:
        return f"{apart} accuracy than {less}: more than chance explains."
    return f"{apart} than {less}, but chance alone could explain that: the two can't be told apart."


def _told_apart(first: Entry, second: Entry) -> tuple[str, str]:
    if first.model != second.model:
        return first.model, second.model
    return entry_title(first), entry_title(second)


def _facts(first: Entry, second: Entry) -> Table:
    rows = (
        ("Accuracy, original", *(percent(e.headline.original_accuracy) for e in (first, second))),
        ("Accuracy, treated", *(percent(e.headline.treated_accuracy) for e in (first, second))),
        ("Loss on plain questions", *(_loss(e.plain) for e in (first, second))),
        ("Loss when the user is sad", *(_loss(e.sadness) for e in (first, second))),
        ("Sycophancy", *(_figure(e.sycophancy) for e in (first, second))),
        ("Treatment", *(e.treatment.value.replace("-", " ") for e in (first, second))),
        ("Judge", first.judge, second.judge),
        ("Questions", *(f"{e.release} {e.release_version or ''}" for e in (first, second))),
    )
    return Table(
        caption="Side by side",
        columns=("", entry_title(first), entry_title(second)),
        rows=tuple(Row(name, (one, other)) for name, one, other in rows),
    )


def _by_task(first: Entry, second: Entry, found: Difference) -> Table:
    table = _pairs("Loss by task", "Task", first, second, "tasks")
    if not found.paired:
        return table
    rows = []
    for row, task in zip(table.rows, _names(first.tasks, second.tasks), strict=True):
        apart = _figure(found.tasks.get(task))
        rows.append(Row(row.header, (*row.cells[:2], apart)))
    return Table(table.caption, table.columns, tuple(rows), "The difference is paired.")


def _names(one: dict[str, Pair], other: dict[str, Pair]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _pairs(
    caption: str, header: str, first: Entry, second: Entry, by: Literal["tasks", "contexts"]
) -> Table:
    one, other = (e.tasks if by == "tasks" else e.contexts for e in (first, second))
    rows = []
    for name in _names(one, other):
        left, right = one.get(name), other.get(name)
        apart = signed(right.loss.value - left.loss.value) if left and right else NO_VALUE
        rows.append(Row(label(name), (_loss(left), _loss(right), apart)))
    columns = (header, entry_title(first), entry_title(second), "Difference")
    return Table(caption, columns, tuple(rows), "Points of accuracy lost; intervals in brackets.")


def _loss(pair: Pair | None) -> str:
    return _figure(pair.loss if pair else None)


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return "not measured"
    if figure.low is None:
        return signed(figure.value)
    return f"{signed(figure.value)} ({interval_text(figure)})"
