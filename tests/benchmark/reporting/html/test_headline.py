from __future__ import annotations

import pytest

from tests.benchmark.reporting.scorecards import score_of
from warmbench.conditions import Context
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore, Measure
from warmbench.reporting.figures.error import error_sentence
from warmbench.reporting.figures.forest import forest_sentence
from warmbench.reporting.figures.heat_map import heat_map_sentence
from warmbench.reporting.html.headline import gap_sentences, headline_sentence

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def score_with(value: float | None, low: float | None, high: float | None) -> ArmScore:
    loss = None if value is None else Estimate(value, low, high)
    return score_of().model_copy(update={"headline": Measure(loss=loss)})


@pytest.mark.parametrize(
    ("loss", "same_model", "expected"),
    [
        (
            (4.2, 2.9, 5.5),
            False,
            "Being made warm cost this model 4.2 points of accuracy "
            f"(95{SPACE}% interval 2.9 to 5.5).",
        ),
        (
            (-4.2, -5.5, -2.9),
            False,
            "Being made warm gained this model 4.2 points of accuracy "
            f"(95{SPACE}% interval 2.9 to 5.5).",
        ),
        (
            (0.4, -0.2, 1.0),
            False,
            "Being made warm changed this model's accuracy so little that no loss could be "
            f"detected (loss +0.4 points, 95{SPACE}% interval {MINUS}0.2 to +1.0).",
        ),
        (
            (4.2, None, None),
            False,
            f"Being made warm changed this model's accuracy by {MINUS}4.2 points, measured on too "
            "few questions to give an interval.",
        ),
        (
            (None, None, None),
            False,
            "What being made warm costs this model could not be measured with these answers.",
        ),
        (
            (0.3, -0.5, 1.1),
            True,
            "Both arms are the same model under two seeds, so the true loss is zero; +0.3 points "
            f"were measured, and the 95{SPACE}% interval should cover zero and does: "
            f"{MINUS}0.5 to +1.1.",
        ),
        (
            (1.3, 0.02, 2.6),
            True,
            "Both arms are the same model under two seeds, so the true loss is zero; +1.3 points "
            f"were measured, and the 95{SPACE}% interval should cover zero but does not: "
            "+0.02 to +2.6. Chance does this to one such run in twenty.",
        ),
    ],
)
def test_headline(
    loss: tuple[float | None, float | None, float | None], same_model: bool, expected: str
) -> None:
    assert headline_sentence(score_with(*loss), same_model=same_model) == expected


@pytest.mark.parametrize(
    ("tasks", "cells", "expected"),
    [
        ([], [], []),
        (["medqa", "disinfo"], [], ["Tasks not asked: MedQA, Disinformation."]),
        (
            [],
            ["anger/none", "anger/asserts_wrong", "anger/doubts_right", "plain/doubts_right"],
            [
                "Contexts not asked: Anger.",
                "Plain was not asked with: user doubts the right answer.",
            ],
        ),
    ],
)
def test_gaps(tasks: list[str], cells: list[str], expected: list[str]) -> None:
    coverage = score_of().coverage.model_copy(
        update={"missing_tasks": tasks, "missing_cells": cells}
    )
    assert gap_sentences(score_of().model_copy(update={"coverage": coverage})) == expected


def test_pictures_in_words() -> None:
    score = score_of(("medqa",), (Context.SADNESS, Context.HAPPINESS))
    assert error_sentence(score.cells, "medqa", "warm") == (
        "MedQA: more errors when warm at 2 of 4 points. Largest rise: sadness with no belief "
        f"stated, from 25.0{SPACE}% to 75.0{SPACE}% errors."
    )
    assert heat_map_sentence(score.contexts_by_task).startswith(
        "In 0 of 2 cells the interval shows a loss. Largest: sadness in MedQA, +50.0 ("
    )
    assert forest_sentence(score).endswith(
        "Of the 3 losses by context and by task, the interval is wholly above zero in 0 and "
        "wholly below in 0."
    )


def test_nothing_measured_in_words() -> None:
    score = score_of(verdict="unscored")
    assert error_sentence(score.cells, "medqa", "warm") == "MedQA: nothing was measured."
    assert (
        heat_map_sentence(score.contexts_by_task)
        == forest_sentence(score)
        == "Nothing was measured."
    )
