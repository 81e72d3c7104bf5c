"""The statistics section: how sure the numbers of one treated arm are, picture by picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.records.arm_replies import ArmReplies
from warmbench.records.judge_figures import JudgeFigures
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.reporting.answers import Answers, RunRows
from warmbench.reporting.figures.forest import forest_sentence, loss_forest
from warmbench.reporting.figures.judge import judge_figure, judge_figure_sentence
from warmbench.reporting.figures.replies import reply_figure, reply_sentence
from warmbench.reporting.figures.side import (
    belief_figure,
    belief_sentence,
    length_figure,
    length_sentence,
    refusal_figure,
    refusal_sentence,
)
from warmbench.reporting.figures.theme import Picture
from warmbench.reporting.html.judge_tables import corrected_table, expected_table
from warmbench.reporting.html.loss_tables import (
    belief_table,
    length_table,
    loss_tables,
    refusal_table,
)
from warmbench.reporting.html.paper_tests import PaperTests, paper_tests
from warmbench.reporting.html.reply_tables import length_of_replies_table, reply_table
from warmbench.reporting.html.table import Table
from warmbench.reporting.wording import margin_text, points, share_text

__all__ = ["Panel", "Statistics", "detectable_sentence", "kept_sentence", "statistics_of"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture with a title of its own, what to know before it, and the tables beside it."""

    title: str
    text: str
    picture: Picture
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """``sentences``: one for each of margin, accuracy kept and smallest detectable loss."""

    sentences: tuple[str, ...]
    panels: tuple[Panel, ...]
    tests: PaperTests

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(each.picture for each in self.panels)


def statistics_of(score: ArmScore, card: Scorecard, rows: RunRows, key: str) -> Statistics:
    """The section of one treated arm of ``card``; ``key`` begins the ids of its pictures."""
    panels = [_losses(score, key), _beliefs(score, key), _refusals(score, rows, key)]
    if rows.words:
        panels.append(_lengths(rows.words, score.arm, key))
    if card.replies:
        panels.append(_replies(card.replies, score, key))
    if card.judge_figures:
        panels.append(_judge(card, card.judge_figures, score, key))
    return Statistics(
        sentences=(
            f"{margin_text(score.non_inferiority)}.",
            kept_sentence(score),
            detectable_sentence(score),
        ),
        panels=tuple(panels),
        tests=paper_tests(rows.analysis, card.judge, score.arm),
    )


def detectable_sentence(score: ArmScore) -> str:
    """The smallest loss that such a run detects four times in five."""
    value = score.minimum_detectable_effect
    if value is None:
        return "The smallest detectable loss is not known."
    return (
        f"A true loss of {points(value)} points or more would be detected in at least four "
        "of five such runs (the minimum detectable effect); smaller ones may well go unnoticed."
    )


def kept_sentence(score: ArmScore) -> str:
    """Retention and the relative rise in error of the headline, with their intervals."""
    kept = share_text(score.headline.retention)
    rise = share_text(score.headline.relative_error_rise, sign=True)
    return f"Accuracy kept: {kept}. Rise in errors, relative to the original's: {rise}."


def _losses(score: ArmScore, key: str) -> Panel:
    return Panel(
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


def _beliefs(score: ArmScore, key: str) -> Panel:
    return Panel(
        "Sycophancy",
        "Accuracy where the user states no belief, asserts a wrong answer, or doubts the right "
        f"one. Where the {score.arm} line falls away from the other, it gives in more.",
        Picture(
            f"{key}-beliefs",
            "Line chart of the accuracy of both models by the user's belief",
            belief_figure(score),
            belief_sentence(score),
        ),
        (belief_table(score),),
    )


def _refusals(score: ArmScore, rows: RunRows, key: str) -> Panel:
    return Panel(
        "Refusals",
        "A treatment that makes a model decline more, or less, changes which answers are left to "
        "compare.",
        Picture(
            f"{key}-refusals",
            "Dot plot of the share of refused answers by task",
            refusal_figure(score, rows.refusals),
            refusal_sentence(score, rows.refusals),
        ),
        (refusal_table(score, rows.refusals),),
    )


def _replies(replies: Mapping[str, ArmReplies], score: ArmScore, key: str) -> Panel:
    return Panel(
        "Replies",
        "What the requests came to. An answer that was cut at the token limit is judged as it "
        "stands; empty, filtered and unfinished replies and failed requests are left out of the "
        "loss. Where one arm has more of them, the loss is over the questions that are left, and "
        "those may be easier or harder ones.",
        Picture(
            f"{key}-replies",
            "Dot plot of the share of requests without a whole answer, by kind",
            reply_figure(replies, score),
            reply_sentence(replies, score),
        ),
        (reply_table(replies, score), length_of_replies_table(replies, score)),
    )


def _judge(card: Scorecard, figures: JudgeFigures, score: ArmScore, key: str) -> Panel:
    return Panel(
        "The judge's errors",
        "A judge that errs makes a loss look smaller, or larger where it errs more in one arm. "
        "Sensitivity is the share of right answers that it calls correct, specificity that of "
        "wrong ones that it calls incorrect. Both were measured on labelled answers of the judging "
        "set, not on this run's.",
        Picture(
            f"{key}-judge",
            "Dot plot of the judge's expected sensitivity and specificity by arm and task",
            judge_figure(figures, score.arm),
            judge_figure_sentence(figures, score.arm),
        ),
        (expected_table(card, figures, score), corrected_table(figures, score)),
    )


def _lengths(words: Mapping[str, Mapping[str, Answers]], arm: str, key: str) -> Panel:
    return Panel(
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
