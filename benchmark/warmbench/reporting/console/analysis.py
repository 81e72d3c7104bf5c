"""The analysis as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.records.analysis import Analysis, FittedModel, McNemar, McNemarFamily
from warmbench.reporting.console.table import WholeTable, origin_line, pair_line
from warmbench.reporting.wording import NO_VALUE, signed
from warmbench.statistics.models.fit_failures import fit_failure_sentences

__all__ = ["print_analysis"]


def print_analysis(analysis: Analysis) -> None:
    """For each treated arm: McNemar's test in every cell, then the effects of each model."""
    console = Console(highlight=False)
    models = {arm.name: arm.model for arm in analysis.study.arms}
    for arm in analysis.models:
        console.print(pair_line(models, arm))
        tests = analysis.tests_of(arm)
        for task in dict.fromkeys(test.task for test in tests):
            of_task = [test for test in tests if test.task == task]
            console.print(_tests_table(task, of_task), crop=False)
        console.print(f"[dim]{_tests_note(tests, analysis.mcnemar)}[/dim]")
        fitted = analysis.fitted(arm)
        for with_length in dict.fromkeys(model.with_length for model in fitted):
            alike = [model for model in fitted if model.with_length is with_length]
            length = "with answer length" if with_length else "without answer length"
            console.print(_effects_table(length, alike), crop=False)
        for sentence in fit_failure_sentences(analysis.fit_failures(arm)):
            console.print(f"[yellow]{escape(sentence)}[/yellow]")
    if any(map(analysis.fitted, analysis.models)):
        console.print(
            "[dim]Percentage points, by average discrete change. SE is the paper's, which takes "
            "all answers as independent; the clustered one allows for correlation "
            "within a question.[/dim]"
        )
    version = f"analysis {analysis.analysis_version}"
    console.print(origin_line(analysis.release, analysis.judge, version))


def _table(title: str, *columns: str) -> Table:
    """A table narrow enough for 80 columns; the first two hold names."""
    table = WholeTable(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False,
        padding=(0, 1, 0, 0),
    )  # fmt: skip
    for number, name in enumerate(columns):
        table.add_column(
            name, justify="left" if number < 2 else "right", header_style="dim", no_wrap=number < 2
        )
    return table


def _tests_table(task: str, tests: Sequence[McNemar]) -> Table:
    table = _table(f"McNemar, exact: {task}", "context", "belief", "pairs", "lost", "gained", "g",
                   "odds", "p", "adj. p")  # fmt: skip
    for test in tests:
        table.add_row(
            test.context, test.belief, f"{test.questions:,}",
            f"{test.lost:,}", f"{test.gained:,}", _number(test.cohens_g, 3),
            _number(test.odds_ratio, 2), _p(test.p), _p(test.adjusted_p),
        )  # fmt: skip
    return table


def _tests_note(tests: Sequence[McNemar], mcnemar: McNemarFamily) -> str:
    found = sum(test.adjusted_p < 0.05 for test in tests)
    return (
        f"{found:,} of {len(tests):,} cells differ at a false discovery rate of 5 %; one family: "
        f"{mcnemar.family}. Counted: {mcnemar.epochs}. g is |b - c| / sqrt(b + c) as "
        "the paper prints it, odds is b / c; b lost, c gained; adj. p by Benjamini-Hochberg."
    )


def _effects_table(length: str, fitted: Sequence[FittedModel]) -> Table:
    table = _table(f"Logistic models, {length}: more errors, in points", "model", "at", "answers",
                   "points", "SE", "p", "clustered SE", "p")  # fmt: skip
    for model in fitted:
        for effect in model.effects:
            table.add_row(
                model.name, effect.level,
                f"{effect.answers:,}", signed(effect.points),
                _number(effect.standard_error, 2), _p(effect.p),
                _number(effect.clustered_standard_error, 2), _p(effect.clustered_p),
            )  # fmt: skip
    return table


def _number(value: float | None, digits: int) -> str:
    return NO_VALUE if value is None else f"{value:.{digits}f}"


def _p(value: float | None) -> str:
    if value is None:
        return NO_VALUE
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"
