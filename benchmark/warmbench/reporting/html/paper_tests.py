"""The paper's tests: McNemar's in every cell, and what its logistic models find."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.records.analysis import Analysis, Effect, FittedModel, McNemar
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import NO_VALUE, count, label, p_value, signed
from warmbench.statistics.models.fit_failures import fit_failure_sentences

__all__ = ["PaperTests", "paper_tests"]

_FALSE_DISCOVERIES = 0.05


@dataclass(frozen=True, slots=True)
class PaperTests:
    """What they found, in words, with their tables; without tables where nobody made them for
    these verdicts."""

    text: str
    tables: tuple[Table, ...]


def paper_tests(analysis: Analysis | None, judge: str, arm: str) -> PaperTests:
    """The tests of one treated arm. An analysis of another judge's verdicts is left out."""
    if analysis is None:
        return PaperTests(
            "Not made for this page: run `warmbench analyse`, then `warmbench report`.", ()
        )
    if analysis.judge != judge:
        return PaperTests(
            f"Left out: they were made for the verdicts of another judge ({analysis.judge}). Run "
            "`warmbench analyse`, then `warmbench report`.",
            (),
        )
    text = f"{_analysis_sentence(analysis, arm)} {_fit_failures_text(analysis, arm)}".strip()
    return PaperTests(text, (_mcnemar_table(analysis, arm), *_effect_tables(analysis, arm)))


def _analysis_sentence(analysis: Analysis, arm: str) -> str:
    """How many cells differ."""
    tests = analysis.tests_of(arm)
    differing = [test for test in tests if test.adjusted_p < _FALSE_DISCOVERIES]
    lost = sum(test.lost > test.gained for test in differing)
    ways = (
        f": {count(lost)} with more lost than gained, {count(len(differing) - lost)} with more "
        "gained than lost"
    )
    return (
        f"{count(len(differing))} of {count(len(tests))} cells differ at a false discovery rate "
        f"of 5\N{NO-BREAK SPACE}%{ways if differing else ''}. "
        f"One family: {analysis.mcnemar.family}."
    )


def _mcnemar_table(analysis: Analysis, arm: str) -> Table:
    """McNemar's exact test in each cell of one arm."""
    return Table(
        caption="McNemar's exact test in every cell",
        columns=(
            "Task, context, belief",
            "Pairs",
            "Lost",
            "Gained",
            "g",
            "Odds",
            "p",
            "Adjusted p",
        ),
        rows=tuple(_test_row(test) for test in analysis.tests_of(arm)),
        note=f"Lost: right in the original and wrong in the {arm} model; gained: the reverse. "
        f"Counted: {analysis.mcnemar.epochs}. g is |lost - gained| / sqrt(lost + gained) as the "
        "paper prints it, odds is lost / gained; p adjusted by Benjamini and Hochberg.",
    )


def _test_row(test: McNemar) -> Row:
    return Row(
        ", ".join((label(test.task), label(test.context), label(test.belief))),
        (
            count(test.questions),
            count(test.lost),
            count(test.gained),
            _digits(test.cohens_g, 3),
            _digits(test.odds_ratio, 2),
            p_value(test.p),
            p_value(test.adjusted_p),
        ),
    )


def _effect_tables(analysis: Analysis, arm: str) -> list[Table]:
    """What the models of one arm find: without the length of the answer, then with it. No table
    where no model could be fitted."""
    models = analysis.fitted(arm)
    return [
        _effect_table([m for m in models if m.with_length is with_length], with_length)
        for with_length in dict.fromkeys(model.with_length for model in models)
    ]


def _fit_failures_text(analysis: Analysis, arm: str) -> str:
    """Which models of one arm could not be fitted, and why; empty where all could."""
    return " ".join(fit_failure_sentences(analysis.fit_failures(arm)))


def _effect_table(models: list[FittedModel], with_length: bool) -> Table:
    return Table(
        caption=f"Logistic models, {'with' if with_length else 'without'} the answer's length",
        columns=(
            *("Model, at", "Answers", "More errors, points", "SE", "p"),
            *("Clustered SE", "Clustered p"),
        ),
        rows=tuple(_effect_row(model, effect) for model in models for effect in model.effects),
        note="Average discrete change. SE is the paper's, which takes all answers as "
        "independent; the clustered one lets those to a question hang together.",
    )


def _effect_row(model: FittedModel, effect: Effect) -> Row:
    return Row(
        f"{model.name} ({model.title}): {effect.level}",
        (
            count(effect.answers),
            signed(effect.points),
            _digits(effect.standard_error, 2),
            p_value(effect.p),
            _digits(effect.clustered_standard_error, 2),
            p_value(effect.clustered_p),
        ),
    )


def _digits(value: float | None, digits: int) -> str:
    return NO_VALUE if value is None else f"{value:,.{digits}f}"
