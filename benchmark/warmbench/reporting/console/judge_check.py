"""The check of a judge as a table, and in a line."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from warmbench.records.estimate import Estimate
from warmbench.records.judge_check import CheckedGroup, JudgeCheckSummary
from warmbench.reporting.console.table import plain_table
from warmbench.reporting.wording import NO_VALUE, kappa_text

__all__ = ["judge_check_text", "print_judge_check"]


_SPACE = "\N{NO-BREAK SPACE}"


def print_judge_check(summary: JudgeCheckSummary) -> None:
    """All figures, with their 95 % intervals: in all, by task, arm, style and length."""
    console = Console(highlight=False)
    columns = ("answers", "right, %", "kappa", "sens., %", "spec., %", "unsure, %", "if sure")
    table = plain_table(f"Check of {escape(summary.judge)}", "", "", *columns, left=2)
    table.add_row("all", "", *_cells(summary.overall))
    for what, named in summary.groups.items():
        if what == "style and arm":
            continue
        for number, (which, group) in enumerate(named.items()):
            table.add_row("" if number else what, escape(which), *_cells(group))
    console.print(table, crop=False)
    console.print(
        f"{summary.part.capitalize()} part of the judging set {summary.release.version}; 95 % "
        "intervals in brackets, a question one observation; no person labelled these answers.",
        soft_wrap=True,
    )
    if summary.overall.unscored:
        console.print(f"Left unscored by the judge: {summary.overall.unscored:,}")
    if summary.not_judged:
        console.print(
            f"The judge could not be asked about {summary.not_judged:,} answers; the same command "
            "asks again."
        )
    if summary.left_out:
        console.print(
            f"Left out: {summary.left_out:,} answers to questions of another release; name one "
            "that has them with --data."
        )


def judge_check_text(summary: JudgeCheckSummary | None) -> str:
    """``Judge on labelled answers: accuracy 0.77 [0.74, 0.80], kappa ...``."""
    if summary is None:
        return (
            "Judge on labelled answers: not measured (`warmbench judge RUN --judge JUDGE --check`)"
        )
    found = summary.overall
    parts = {
        "accuracy": found.accuracy,
        "kappa": found.kappa,
        "sensitivity": found.sensitivity,
        "specificity": found.specificity,
    }
    numbers = ", ".join(f"{name} {kappa_text(value)}" for name, value in parts.items())
    return (
        f"Judge on {found.answers:,} labelled answers (judging set {summary.release.version}): "
        f"{numbers}"
    )


def _cells(group: CheckedGroup) -> tuple[str, ...]:
    values = (
        group.accuracy,
        group.kappa,
        group.sensitivity,
        group.specificity,
        group.unsure,
        group.sure_accuracy,
    )
    texts = (kappa_text(found) if found is group.kappa else _percent(found) for found in values)
    # An interval is not to be parted at the edge of a narrow terminal.
    return (f"{group.answers:,}", *(escape(text.replace(" ", _SPACE)) for text in texts))


def _percent(found: Estimate | None) -> str:
    if found is None:
        return NO_VALUE
    if found.low is None or found.high is None:
        return f"{100.0 * found.value:.0f}"
    return f"{100.0 * found.value:.0f} [{100.0 * found.low:.0f}, {100.0 * found.high:.0f}]"
