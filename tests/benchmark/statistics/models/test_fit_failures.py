"""Models that could not be fitted, in words: each reason once."""

from __future__ import annotations

import pytest

from warmbench.records.analysis import UnfittedModel
from warmbench.statistics.models.fit_failures import fit_failure_sentences

SEPARATED = "there is separation by"


def both(name: str, reason: str, *columns: str) -> list[UnfittedModel]:
    return [UnfittedModel(name, "", with_length, reason, columns) for with_length in (False, True)]


@pytest.mark.parametrize(
    ("models", "sentences"),
    [
        ([], []),
        (
            [*both("1", "all answers are correct")],
            ["Model 1 can't be fitted, with or without the answer's length: all answers are "
             "correct."],
        ),
        (
            [*both("2", SEPARATED, "a", "b"), *both("3", SEPARATED, "b", "c"),
             *both("4", SEPARATED, "a")],
            ["Models 2, 3 and 4 can't be fitted, with or without the answer's length: there is "
             "separation by 'a', 'b', 'c'."],
        ),
        (
            [UnfittedModel("1", "", True, SEPARATED, ("words",))],
            ["Model 1 with the answer's length can't be fitted: there is separation by 'words'."],
        ),
        (
            [UnfittedModel("1", "", True, SEPARATED, ("words",)), *both("2", SEPARATED, "a")],
            ["Model 2 without the answer's length and Models 1 and 2 with the answer's length "
             "can't be fitted: there is separation by 'words', 'a'."],
        ),
        (
            [*both("1", "no answers"), UnfittedModel("2", "", False, "no arms", ())],
            ["Model 1 can't be fitted, with or without the answer's length: no answers.",
             "Model 2 without the answer's length can't be fitted: no arms."],
        ),
    ],
)  # fmt: skip
def test_each_reason_is_said_once(models: list[UnfittedModel], sentences: list[str]) -> None:
    assert fit_failure_sentences(models) == sentences
