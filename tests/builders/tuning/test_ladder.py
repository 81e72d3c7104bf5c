"""Checkpoints: where they fall, and lists that can't be climbed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.errors import UsageError
from warmbench_builders.tuning.ladder import (
    PAPER_LADDER,
    check_ladder,
    default_ladder,
    epoch_name,
    ladder_steps,
    parse_ladder,
)


def test_the_papers_ladder_on_the_papers_data() -> None:
    # 1,617 conversations, 16 a step: 102 steps an epoch.
    assert ladder_steps(PAPER_LADDER, 102) == (51, 102, 153, 204, 408, 612, 816, 1020)


@pytest.mark.parametrize(
    ("epochs", "ladder"),
    [
        (10, PAPER_LADDER),
        (2, (0.5, 1, 1.5, 2)),
        (3, (0.5, 1, 1.5, 2, 3)),
        (0.25, (0.25,)),
        (12, (*PAPER_LADDER, 12)),
    ],
)
def test_the_default_ends_where_the_training_ends(epochs: float, ladder: tuple[float]) -> None:
    assert default_ladder(epochs) == ladder


@pytest.mark.parametrize(("epoch", "name"), [(0.5, "epoch-0.5"), (2.0, "epoch-2")])
def test_names(epoch: float, name: str) -> None:
    assert epoch_name(epoch) == name


BAD = [
    ("text", "1,two", "not a list of numbers"),
    ("nothing", "", "not a list of numbers"),
    ("a hole", "1,,2", "not a list of numbers"),
    ("falling", "1,4,2", "2 comes after 4"),
    ("twice", "1,1", "1 comes after 1"),
    ("zero", "0,1", "stands after epoch 0"),
    ("negative", "-1", "stands after epoch 0"),
    ("no number", "1,nan", "stands after epoch 0"),
    ("endless", "1,inf", "stands after epoch 0"),
    ("too far", "1,11", "11 lies beyond --epochs 10"),
]


@pytest.mark.parametrize(("name", "text", "words"), BAD, ids=[row[0] for row in BAD])
def test_bad_lists(name: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_ladder(parse_ladder(text), 10)


@given(
    st.lists(st.floats(0.01, 20), min_size=1, max_size=9, unique=True).map(sorted),
    st.integers(1, 200),
)
def test_steps_rise_and_lie_next_to_their_epoch(ladder: list[float], steps_per_epoch: int) -> None:
    steps = ladder_steps(ladder, steps_per_epoch)
    assert all(one <= other for one, other in pairwise(steps))
    for epoch, step in zip(ladder, steps, strict=True):
        assert step >= 1
        assert step == 1 or abs(step - epoch * steps_per_epoch) <= 0.5
