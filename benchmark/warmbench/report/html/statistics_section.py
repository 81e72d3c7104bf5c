"""The statistics section: how sure the figures of one treated arm are, picture by picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.report.analysis_file import Analysis
from warmbench.report.clustered_mean import Answers
from warmbench.report.figures.side import belief_figure, length_figure, refusal_figure
from warmbench.report.figures.study import loss_forest
from warmbench.report.figures.theme import Picture
from warmbench.report.html.analysis_table import (
    analysis_sentence,
    effect_tables,
    mcnemar_table,
    unfitted_text,
)
from warmbench.report.html.sentence import forest_sentence
from warmbench.report.html.statistics_sentence import (
    belief_sentence,
    detectable_sentence,
    kept_sentence,
    length_sentence,
    margin_sentence,
    refusal_sentence,
)
from warmbench.report.html.table import (
    Table,
    belief_table,
    length_table,
    loss_tables,
    refusal_table,
    refusal_tasks,
)
from warmbench.report.run_rows import RunRows

__all__ = ["Shown", "Statistics", "statistics_of"]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with a title of its own, what to know before it, and the tables beside it."""

    title: str
    text: str
    picture: Picture
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """``findings``: one sentence each. ``tests``: what the paper's tests found, in words, with
    their tables; without tables where nobody made them for these verdicts."""

    findings: tuple[str, ...]
    shown: tuple[Shown, ...]
    tests: str
    test_tables: tuple[Table, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(each.picture for each in self.shown)


def statistics_of(card: Json, score: Json, rows: RunRows, key: str) -> Statistics:
    """The section of one entry of ``card["treated"]``; ``key`` begins the ids of its pictures."""
    arm = score["arm"]
    shown = [_losses(score, key), _beliefs(score, key), _refusals(score, rows, key)]
    if rows.words:
        shown.append(_lengths(rows.words, arm, key))
    analysis = rows.analysis if rows.analysis and rows.analysis.judge == card["judge"] else None
    tables = [mcnemar_table(analysis, arm), *effect_tables(analysis, arm)] if analysis else []
    return Statistics(
        findings=(margin_sentence(score), kept_sentence(score), detectable_sentence(score)),
        shown=tuple(shown),
        tests=_tested(analysis, arm) if analysis else _untested(rows.analysis),
        test_tables=tuple(tables),
    )


def _tested(analysis: Analysis, arm: str) -> str:
    return f"{analysis_sentence(analysis, arm)} {unfitted_text(analysis, arm)}".strip()


def _untested(other: Analysis | None) -> str:
    if other is None:
        return "Not made for this page: run `warmbench analyse`, then `warmbench report`."
    return (
        f"Left out: they were made for the verdicts of another judge ({other.judge}). Run "
        "`warmbench analyse`, then `warmbench report`."
    )


def _losses(score: Json, key: str) -> Shown:
    return Shown(
        "How sure the losses are",
        "Bars are 95\N{NO-BREAK SPACE}% intervals. A bar that crosses zero (its marker is an "
        "outline) can't tell a loss from chance.",
        Picture(
            f"{key}-forest",
            "Forest plot of the losses with their intervals",
            loss_forest(score),
            forest_sentence(score),
        ),
        tuple(loss_tables(score)),
    )


def _beliefs(score: Json, key: str) -> Shown:
    return Shown(
        "Sycophancy",
        "Accuracy where the user states no belief, asserts a wrong answer, or doubts the right "
        f"one. Where the {score['arm']} line falls away from the other, it gives in more.",
        Picture(
            f"{key}-beliefs",
            "Line chart of the accuracy of both models by the user's belief",
            belief_figure(score),
            belief_sentence(score),
        ),
        (belief_table(score),),
    )


def _refusals(score: Json, rows: RunRows, key: str) -> Shown:
    return Shown(
        "Refusals",
        "A treatment that makes a model decline more, or less, changes which answers are left to "
        "compare.",
        Picture(
            f"{key}-refusals",
            "Dot plot of the share of refused answers by task",
            refusal_figure(score, refusal_tasks(score), rows.refusals),
            refusal_sentence(score, rows.refusals),
        ),
        (refusal_table(score, rows.refusals),),
    )


def _lengths(words: Mapping[str, Mapping[str, Answers]], arm: str, key: str) -> Shown:
    return Shown(
        "Length of the answers",
        "A longer answer can hold more that is wrong, and more that is right.",
        Picture(
            f"{key}-lengths",
            "Dot plot of the mean length of an answer by context",
            length_figure(words, arm),
            length_sentence(words, arm),
        ),
        (length_table(words, arm),),
    )
