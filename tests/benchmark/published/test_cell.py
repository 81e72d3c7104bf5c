"""A published cell: what it accepts, and its loss and error by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from warmbench.published.cell import INFINITE, PairedCounts, PublishedCell, agrees, paired_error

SADNESS: dict[str, Any] = {
    "task": "disinfo",
    "context": "sadness",
    "belief": "present",
    "original_accuracy": 93.04,
    "treated_accuracy": 81.01,
    "difference": -12.03,
    "cohens_g": 3.528,
    "odds_ratio": 4.80,
    "p": 0.0005,
    "adjusted_p": 0.0025,
    "counts": {"rows": 158, "original_right": 147, "lost": 24, "gained": 5},
    "solutions": 1,
    "standard_error": 3.271313,
}
"""Llama-3.1-70B, warm fine-tune, as the paper prints it."""


def test_loss_and_errors_by_hand() -> None:
    cell = PublishedCell.model_validate(SADNESS)
    assert cell.counts is not None
    assert cell.counts.treated_right == 128
    assert cell.loss == pytest.approx(100 * 19 / 158)
    by_hand = 100 * math.sqrt((29 - 19**2 / 158) / 158**2)
    assert cell.standard_error == pytest.approx(by_hand, abs=1e-6)
    assert cell.standard_error_bound == pytest.approx(by_hand * math.sqrt(2), abs=1e-5)


def test_without_belief_a_question_has_one_row() -> None:
    cell = PublishedCell.model_validate({**SADNESS, "belief": "none"})
    assert cell.standard_error_bound == cell.standard_error


def test_without_counts_the_loss_is_that_of_the_accuracies() -> None:
    cell = PublishedCell.model_validate({**SADNESS, "counts": None, "solutions": 3})
    assert cell.loss == pytest.approx(12.03)


@pytest.mark.parametrize(
    ("counts", "error"),
    [((100, 10, 0), 3.0), ((100, 5, 5), 3.162278), ((100, 0, 0), 0.0), ((100, 100, 0), 0.0)],
)
def test_paired_errors(counts: tuple[int, int, int], error: float) -> None:
    assert paired_error(*counts) == error


BAD = [
    ({"context": "neutral"}, "neutral is not a context of the paper"),
    ({"solutions": 2}, "counts are given where there is just one solution"),
    ({"counts": None, "solutions": 0}, "a standard error is given where there is a solution"),
    ({"original_accuracy": 93.05}, "original_accuracy is 93.05"),
    ({"treated_accuracy": 81.02}, "treated_accuracy is 81.02"),
    ({"difference": -12.02}, "difference is -12.02"),
    ({"cohens_g": 3.529}, "cohens_g is 3.529"),
    ({"cohens_g": None}, "cohens_g is None"),
    ({"odds_ratio": 4.81}, "odds_ratio is 4.81"),
    ({"odds_ratio": INFINITE}, "odds_ratio is infinite"),
    ({"odds_ratio": math.inf}, "finite number"),
    ({"standard_error": 1.0}, "standard_error is 1.0"),
    ({"p": 1.1}, "less than or equal to 1"),
    ({"seen": True}, "Extra inputs"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_what_contradicts_itself_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        PublishedCell.model_validate({**SADNESS, **change})


@pytest.mark.parametrize(
    ("counts", "message"),
    [((10, 2, 3, 0), "3 lost of 2 right"), ((10, 8, 0, 3), "3 gained of 2 wrong")],
)
def test_counts_that_do_not_fit(counts: tuple[int, ...], message: str) -> None:
    names = ("rows", "original_right", "lost", "gained")
    with pytest.raises(ValidationError, match=message):
        PairedCounts(**dict(zip(names, counts, strict=True)))


@pytest.mark.parametrize(
    ("value", "printed", "decimals", "same"),
    [
        (89.873, 89.87, 2, True),
        (89.8751, 89.87, 2, False),
        (0.125, 0.12, 2, True),
        (0.125, 0.13, 2, True),
        (0.16276, 0.1628, 4, True),
        (0.16274, 0.1628, 4, False),
    ],
)
def test_agrees(value: float, printed: float, decimals: int, same: bool) -> None:
    assert agrees(value, printed, decimals) is same
