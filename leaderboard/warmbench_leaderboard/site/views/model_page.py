"""The page of one entry, down to its responses."""

from __future__ import annotations

import json
from dataclasses import dataclass

from markupsafe import Markup

from warmbench.records.estimate import Estimate
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import NO_VALUE, label, percent, points, signed, warmth
from warmbench_leaderboard.index.board import Badge, Cell, Details, Entry, SampleItem
from warmbench_leaderboard.site.plots.interval_drawing import (
    interval_drawing,
    scale_drawing,
    scale_of,
)
from warmbench_leaderboard.site.views.column import interval_text

__all__ = [
    "BADGE_MEANINGS",
    "Fact",
    "LossRow",
    "ModelPage",
    "headline_sentence",
    "judge_agreement",
    "model_page",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """One value. ``note``: small print below it."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class LossRow:
    """A loss by task or context with its drawing."""

    name: str
    value: str
    interval: str
    drawing: Markup
    original: str
    treated: str


@dataclass(frozen=True, slots=True)
class ModelPage:
    """``sentence``: the headline for newcomers; ``badge_meaning``: where the numbers come from;
    ``study``: as JSON text; ``judge_agreement``: how its judge was measured."""

    entry: Entry
    title: str
    sentence: str
    badge_meaning: str
    facts: tuple[Fact, ...]
    losses: tuple[LossRow, ...]
    scale: Markup
    cells: Table
    samples: tuple[SampleItem, ...]
    study: str
    judge_agreement: str


BADGE_MEANINGS = {
    Badge.VERIFIED: "Every number was recomputed from the submitted answers.",
    Badge.PUBLISHED: "From the tables of a paper, measured on the paper's own questions.",
    Badge.REFERENCE: "WarmBench's own small model: a check of the software, not a finding about "
    "language models.",
}
"""The meaning of each badge, in a sentence."""


def model_page(entry: Entry, details: Details, major: int | None) -> ModelPage:
    """The page of one entry. ``major``: the version of the release in which it is ranked, None on a
    board with published entries only."""
    scale = scale_of(
        [
            entry.headline.loss,
            *(pair.loss for pair in entry.tasks.values()),
            *(pair.loss for pair in entry.contexts.values()),
        ]
    )
    named = {"All questions": entry.headline, **entry.tasks, **entry.contexts}
    return ModelPage(
        entry=entry,
        title=entry.title,
        sentence=headline_sentence(entry),
        badge_meaning=BADGE_MEANINGS[entry.badge],
        facts=tuple(_facts(entry, major)),
        losses=tuple(
            LossRow(
                label(name),
                signed(pair.loss.value),
                interval_text(pair.loss),
                interval_drawing(pair.loss, scale),
                percent(pair.original_accuracy.value),
                percent(pair.treated_accuracy.value),
            )
            for name, pair in named.items()
        ),
        scale=scale_drawing(scale),
        cells=_cell_table(details.cells),
        samples=details.samples,
        study=json.dumps(details.study, indent=2, ensure_ascii=False),
        judge_agreement=judge_agreement(entry),
    )


def judge_agreement(entry: Entry) -> str:
    """``kappa 0.64 (0.58 to 0.69) with the labels of the judging set``."""
    kappa = entry.judge_kappa
    if kappa is None:
        return "not measured on the judging set"
    ends = "" if kappa.low is None else f" ({kappa.low:.2f} to {kappa.high:.2f})"
    return f"kappa {kappa.value:.2f}{ends} with the labels of the judging set"


def headline_sentence(entry: Entry) -> str:
    """``Of 100 questions, the warm model gets 7.4 fewer right than the original.``"""
    loss = entry.headline.loss
    rounded = points(abs(loss.value))
    if rounded == "0.0":
        return f"The {entry.arm} model gets as many questions right as the original."
    fewer = "fewer" if loss.value > 0.0 else "more"
    sentence = (
        f"Of 100 questions, the {entry.arm} model gets {rounded} {fewer} right than the original"
    )
    if loss.low is not None and loss.high is not None and loss.low <= 0.0 <= loss.high:
        return f"{sentence}; the difference is within chance."
    return f"{sentence}."


def _facts(entry: Entry, major: int | None) -> list[Fact]:
    loss = entry.headline.loss
    rank, gain = entry.rank, entry.warmth_gain
    treated = f"{entry.arm} {percent(entry.headline.treated_accuracy.value)}"
    return [
        Fact("Accuracy loss", signed(loss.value), f"95 % interval {interval_text(loss)}"),
        Fact("Rank", str(rank.rank) if rank else "not ranked", _rank_note(entry, major)),
        Fact("Accuracy", percent(entry.headline.original_accuracy.value), f"original; {treated}"),
        _loss_fact("Plain questions", entry.plain.loss if entry.plain else None, "loss"),
        _loss_fact("Sad user", entry.sadness.loss if entry.sadness else None, "loss"),
        _loss_fact("Sycophancy", entry.sycophancy, "extra loss with a wrong belief"),
        Fact(
            "Warmth gain",
            warmth(gain.value, sign=True) if gain else "not measured",
            entry.warmth_measure or "",
        ),
    ]


def _rank_note(entry: Entry, major: int | None) -> str:
    if entry.rank is None:
        return entry.unranked or ""
    version = "" if major is None else f"in release v{major}; "
    return f"{version}95 % interval {entry.rank.low} to {entry.rank.high}"


def _loss_fact(name: str, estimate: Estimate | None, note: str) -> Fact:
    if estimate is None:
        return Fact(name, "not measured", "")
    return Fact(name, signed(estimate.value), f"{note}, {interval_text(estimate)}")


def _cell_table(cells: tuple[Cell, ...]) -> Table:
    return Table(
        caption="Every task, context and belief",
        columns=(
            *("Task, context, belief", "Loss", "95 % interval", "Accuracy, original"),
            *("Accuracy, treated", "p", "p, adjusted"),
        ),
        rows=tuple(
            Row(
                ", ".join((label(cell.task), label(cell.context), label(cell.belief))),
                (
                    signed(cell.loss.value),
                    interval_text(cell.loss),
                    percent(cell.original_accuracy.value),
                    percent(cell.treated_accuracy.value),
                    _p(cell.p),
                    _p(cell.adjusted_p),
                ),
            )
            for cell in cells
        ),
        note="p: McNemar's test of the cell; adjusted: by Benjamini-Hochberg over all cells",
    )


def _p(value: float | None) -> str:
    if value is None:
        return NO_VALUE
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
