"""The tables of ``python -m warmbench_builders.judging_set``, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from warmbench.records.estimate import Estimate
from warmbench.records.judge_check import CheckedGroup, JudgeCheckSummary
from warmbench.reporting.wording import NO_VALUE, kappa_text
from warmbench_builders.judging_set.labelled_sets import LabelledSet

__all__ = ["Measured", "markdown_tables"]

Measured = Sequence[tuple[LabelledSet, Mapping[str, JudgeCheckSummary]]]
"""Each set with what each judge, by its name in the table, made of it."""

_COLUMNS = (
    "set", "labels", "judge", "answers", "right, %", "kappa", "sensitivity, %", "specificity, %",
    "unsure, %", "right where sure, %",
)  # fmt: skip


def markdown_tables(measured: Measured) -> str:
    """First a row a set and judge; then, for each set, how often each judge is right by task, arm,
    style and length. 95 % intervals in brackets, a question one observation."""
    parts = ["\n".join(_lines(_COLUMNS, _overall(measured)))]
    for labelled, by_judge in measured:
        rows = list(_groups(by_judge))
        if rows:
            columns = ("", "", "answers", *(f"{judge}, %" for judge in by_judge))
            parts.append(f"Right on **{labelled.name}**:")
            parts.append("\n".join(_lines(columns, rows)))
    return "\n\n".join(parts) + "\n"


def _overall(measured: Measured) -> Iterator[Sequence[str]]:
    for labelled, by_judge in measured:
        for number, (judge, found) in enumerate(by_judge.items()):
            group = found.overall
            yield (
                "" if number else labelled.name,
                "" if number else ("people" if labelled.by_people else "models"),
                judge,
                "" if number else f"{group.answers:,}",
                _percent(group.accuracy),
                kappa_text(group.kappa),
                _percent(group.sensitivity),
                _percent(group.specificity),
                _percent(group.unsure),
                _percent(group.sure_accuracy),
            )


def _groups(by_judge: Mapping[str, JudgeCheckSummary]) -> Iterator[Sequence[str]]:
    """The groups of a set, but those that all of its answers are in."""
    of_first = next(iter(by_judge.values())).groups
    for what, named in of_first.items():
        if what == "style and arm" or len(named) < 2:
            continue
        for number, (which, group) in enumerate(named.items()):
            found = (_of(summary, what, which) for summary in by_judge.values())
            cells = [_percent(each.accuracy if each else None) for each in found]
            yield ("" if number else what, which.replace("_", " "), f"{group.answers:,}", *cells)


def _of(summary: JudgeCheckSummary, what: str, which: str) -> CheckedGroup | None:
    return summary.groups.get(what, {}).get(which)


def _lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(columns)} |",
        f"|{' --- |' * len(columns)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _percent(found: Estimate | None) -> str:
    if found is None:
        return NO_VALUE
    if found.low is None or found.high is None:
        return f"{100.0 * found.value:.1f}"
    return f"{100.0 * found.value:.1f} [{100.0 * found.low:.0f}, {100.0 * found.high:.0f}]"
