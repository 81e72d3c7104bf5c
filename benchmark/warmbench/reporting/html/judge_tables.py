"""Judge tables: what is expected of the judge on a run's answers, and the loss corrected for it."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench.records.judge_figures import HEADLINE, ArmFigures, JudgeFigures, Rates
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.judge_sentences import check_name, wider_sentence
from warmbench.reporting.wording import NO_VALUE, count, label, loss_text, share, share_text

__all__ = ["corrected_table", "expected_table"]


def expected_table(card: Scorecard, figures: JudgeFigures, score: ArmScore) -> Table:
    """Sensitivity and specificity that are expected on the answers of both arms, and how many
    verdicts the judge is unsure of."""
    rows = [
        row
        for arm in ("original", score.arm)
        if (found := figures.arms.get(arm)) is not None
        for row in _expected_rows(arm, found, card.unsure_shares.get(arm))
    ]
    note = (
        f"95 % intervals in brackets. From {count(figures.answers)} labelled answers to "
        f"{count(figures.questions)} questions ({check_name(figures)}), weighted to this run's mix "
        f"of tasks and lengths. {wider_sentence(figures)}"
    )
    return Table(
        caption="The judge on answers like these",
        columns=("Answers", "Sensitivity", "Specificity", "Unsure"),
        rows=tuple(rows),
        note=note.strip(),
    )


def _expected_rows(arm: str, found: ArmFigures, unsure: float | None) -> Iterator[Row]:
    yield Row(arm.capitalize(), (*_cells(found), share(unsure)))
    for task, rates in found.tasks.items():
        yield Row(f"{arm.capitalize()}, {label(task)}", (*_cells(rates), NO_VALUE))


def _cells(rates: Rates) -> tuple[str, str]:
    return share_text(rates.sensitivity), share_text(rates.specificity)


def corrected_table(figures: JudgeFigures, score: ArmScore) -> Table:
    """The headline loss and that of each task, as measured and corrected for the judge."""
    measured = {HEADLINE: score.headline, **score.tasks}
    reason = f" Not corrected: {score.not_corrected}." if score.not_corrected else ""
    return Table(
        caption="Loss corrected for the judge",
        columns=("Loss", "By verdicts", "Corrected for the judge"),
        rows=tuple(
            Row(
                "Headline" if name == HEADLINE else label(name),
                (
                    loss_text(found.loss),
                    loss_text(loss) if (loss := score.corrected.get(name)) else NO_VALUE,
                ),
            )
            for name, found in measured.items()
        ),
        note="In points of accuracy, 95 % intervals in brackets: those of the corrected losses "
        f"hold the uncertainty of the run and of the check ({check_name(figures)}). It takes the "
        "judge to err on these answers as on the checked ones of their task and length, in both "
        f"arms alike.{reason}",
    )
