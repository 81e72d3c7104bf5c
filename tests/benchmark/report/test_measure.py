from __future__ import annotations

import math
from typing import Any

import pytest

from warmbench.errors import DataError
from warmbench.report.measure import Loss, Measure, number


def estimate(value: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high}


@pytest.mark.parametrize(
    ("found", "above", "below"),
    [
        (estimate(4.2, 2.9, 5.5), True, False),
        (estimate(-4.2, -5.5, -2.9), False, True),
        (estimate(0.1, -0.5, 0.7), False, False),
        (estimate(0.0, 0.0, 0.0), False, False),
        (estimate(1e-17, 1e-17, 1e-17), False, False),
        (estimate(4.2, None, None), False, False),
    ],
)
def test_which_side_of_zero(found: dict[str, Any], above: bool, below: bool) -> None:
    loss = Loss.of(found)
    assert loss is not None
    assert (loss.above_zero, loss.below_zero) == (above, below)


@pytest.mark.parametrize("found", [None, {}, estimate(None, None, None)])
def test_a_null_is_no_loss(found: dict[str, Any] | None) -> None:
    assert Loss.of(found) is None


def test_nothing_measured() -> None:
    assert Measure.of(None) == Measure()
    assert number(math.nan) is None
    assert number(math.inf) is None


@pytest.mark.parametrize("value", ["<b>4</b>", True, [4.2]])
def test_only_numbers_are_figures(value: Any) -> None:
    with pytest.raises(DataError, match="a figure is a number or null"):
        number(value)
