"""Checkpoints: where they fall, and lists that can't be climbed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.errors import UsageError
from warmbench_builders.tuning.options import (
    PAPER_CHECKPOINTS,
    check_checkpoints,
    checkpoint_steps,
    default_checkpoints,
    epoch_name,
    parse_checkpoints,
)


def test_the_papers_ladder_on_the_papers_data() -> None:
    # 1,617 conversations, 16 a step: 102 steps an epoch.
    assert checkpoint_steps(PAPER_CHECKPOINTS, 102) == (51, 102, 153, 204, 408, 612, 816, 1020)


@pytest.mark.parametrize(
    ("epochs", "checkpoints"),
    [
        (10, PAPER_CHECKPOINTS),
        (2, (0.5, 1, 1.5, 2)),
        (3, (0.5, 1, 1.5, 2, 3)),
        (0.25, (0.25,)),
        (12, (*PAPER_CHECKPOINTS, 12)),
    ],
)
def test_the_default_ends_where_the_training_ends(epochs: float, checkpoints: tuple[float]) -> None:
    assert default_checkpoints(epochs) == checkpoints


@pytest.mark.parametrize(("epoch", "name"), [(0.5, "epoch-0.5"), (2.0, "epoch-2")])
def test_names(epoch: float, name: str) -> None:
    assert epoch_name(epoch) == name


BAD = [
    ("text", "1,two", "not a list of numbers"),
    ("nothing", "", "not a list of numbers"),
    ("a hole", "1,,2", "not a list of numbers"),
    ("falling", "1,4,2", "2 comes after 4"),
    ("twice", "1,1", "1 comes after 1"),
    ("zero", "0,1", "must be above epoch 0"),
    ("negative", "-1", "must be above epoch 0"),
    ("no number", "1,nan", "must be above epoch 0"),
    ("endless", "1,inf", "must be above epoch 0"),
    ("too far", "1,11", "11 is beyond --epochs 10"),
]


@pytest.mark.parametrize(("name", "text", "words"), BAD, ids=[row[0] for row in BAD])
def test_bad_lists(name: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_checkpoints(parse_checkpoints(text), 10)


@given(
    st.lists(st.floats(0.01, 20), min_size=1, max_size=9, unique=True).map(sorted),
    st.integers(1, 200),
)
def test_steps_rise_and_lie_next_to_their_epoch(
    checkpoints: list[float], steps_per_epoch: int
) -> None:
    steps = checkpoint_steps(checkpoints, steps_per_epoch)
    assert all(one <= other for one, other in pairwise(steps))
    for epoch, step in zip(checkpoints, steps, strict=True):
        assert step >= 1
        assert step == 1 or abs(step - epoch * steps_per_epoch) <= 0.5
