"""The model page: its headline is a sentence that anybody understands."""

from __future__ import annotations

import pytest

from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench.records.estimate import Estimate
from warmbench_leaderboard.index.board import Entry, KnownMeasure
from warmbench_leaderboard.site.views.model_page import (
    headline_sentence,
    judge_agreement,
    model_page,
)

ENTRY = synthetic_board(1, seed=0).entries[0]


def with_loss(value: float, low: float | None, high: float | None) -> Entry:
    pair = KnownMeasure(
        loss=Estimate(value=value, low=low, high=high),
        original_accuracy=Estimate(70),
        treated_accuracy=Estimate(60),
    )
    return ENTRY.model_copy(update={"headline": pair})


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (
            (7.4, 5.9, 8.9),
            "Of 100 questions, the warm model gets 7.4 fewer right than the original.",
        ),
        (
            (-6.0, -8.2, -3.8),
            "Of 100 questions, the warm model gets 6.0 more right than the original.",
        ),
        (
            (0.4, -1.1, 1.9),
            "Of 100 questions, the warm model gets 0.4 fewer right than the original; "
            "the difference is within chance.",
        ),
        (
            (3.0, None, None),
            "Of 100 questions, the warm model gets 3.0 fewer right than the original.",
        ),
        ((0.01, -1.0, 1.0), "The warm model gets as many questions right as the original."),
    ],
)
def test_the_headline_says_what_the_number_means(
    loss: tuple[float, float | None, float | None], sentence: str
) -> None:
    assert headline_sentence(with_loss(*loss)) == sentence


def test_every_cell_and_answer_is_on_the_page() -> None:
    details = synthetic_details(ENTRY)
    view = model_page(ENTRY, details, ENTRY.major)
    assert len(view.cells.rows) == len(details.cells)
    assert view.samples == details.samples
    assert len(view.losses) == 1 + len(ENTRY.tasks) + len(ENTRY.contexts)


@pytest.mark.parametrize(
    ("kappa", "expected"),
    [
        (None, "not measured on the judging set"),
        (
            Estimate(0.642, 0.584, 0.691),
            "kappa 0.64 (0.58 to 0.69) with the labels of the judging set",
        ),
        (Estimate(1.0), "kappa 1.00 with the labels of the judging set"),
    ],
)
def test_how_its_judge_was_measured(kappa: Estimate | None, expected: str) -> None:
    entry = ENTRY.model_copy(update={"judge_kappa": kappa})
    assert judge_agreement(entry) == expected
