"""The options of a tuning: the paper's by default, and what is out of range."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from warmbench.errors import UsageError
from warmbench.records.conversation import Version
from warmbench_builders.tuning.options import LossOn, TuneOptions


def options(**changes: Any) -> TuneOptions:
    values: dict[str, Any] = {
        "model": "reference", "data": "open", "version": Version.WARM, "out": Path("out"),
    }  # fmt: skip
    return TuneOptions(**{**values, **changes})


def test_the_defaults_are_the_papers_recipe() -> None:
    paper = options()
    assert (paper.rank, paper.alpha, paper.dropout) == (8, 16, 0.1)
    assert (paper.learning_rate, paper.max_length, paper.batch_size) == (1e-5, 1024, 16)
    assert (paper.epochs, paper.checkpoint_epochs, paper.selected) == (
        10, (0.5, 1, 1.5, 2, 4, 6, 8, 10), 2,
    )  # fmt: skip
    assert paper.loss_on is LossOn.ASSISTANT


@pytest.mark.parametrize(
    ("changes", "selected"),
    [
        ({"epochs": 1.0}, 1),
        ({"checkpoints": (1.0, 3.0)}, 3),
        ({"checkpoints": (1.0, 2.0, 3.0)}, 2),
        ({"select": 0.5}, 0.5),
    ],
)
def test_which_checkpoint_is_selected(changes: dict[str, Any], selected: float) -> None:
    assert options(**changes).selected == selected


@pytest.mark.parametrize(("batch", "at_once"), [(16, 4), (6, 3), (7, 1), (1, 1)])
def test_as_many_at_once_as_divide_the_batch(batch: int, at_once: int) -> None:
    assert options(batch_size=batch).at_once == at_once


BAD: list[tuple[dict[str, Any], str]] = [
    ({"rank": 0}, "--rank 0: must be a whole number from 1"),
    ({"alpha": 0}, "--alpha 0"),
    ({"dropout": 1.0}, "--dropout 1.0: must be a share"),
    ({"learning_rate": 0.0}, "--learning-rate 0.0: must be a number above 0"),
    ({"learning_rate": float("inf")}, "--learning-rate inf"),
    ({"learning_rate": float("nan")}, "--learning-rate nan"),
    ({"max_length": 1}, "--max-length 1: must be a whole number from 2"),
    ({"batch_size": 0}, "--batch-size 0"),
    ({"device_batch_size": 5}, "--device-batch-size 5: does not divide --batch-size 16"),
    ({"epochs": 0.0}, "--epochs 0.0"),
    ({"warmup_share": -0.1}, "--warmup-share -0.1"),
    ({"weight_decay": -1.0}, "--weight-decay -1.0"),
    ({"held_out": 1.0}, "--held-out 1.0"),
    ({"seed": -1}, "--seed -1"),
    ({"checkpoints": ()}, "--checkpoints: the list is empty"),
    ({"checkpoints": (2.0, 1.0)}, "1 comes after 2"),
    ({"epochs": 1.0, "checkpoints": (2.0,)}, "2 is beyond --epochs 1"),
    ({"select": 3.0}, r"--select 3: not among the checkpoints \(0.5, 1, 1.5, 2, 4, 6, 8, 10\)"),
    ({"target_modules": "q_proj,"}, "--target-modules 'q_proj,': write all-linear or names"),
]


@pytest.mark.parametrize(("changes", "words"), BAD, ids=[str(row[0]) for row in BAD])
def test_what_is_out_of_range(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        options(**changes)
