"""Estimates: their JSON, and what their interval says of zero."""

from __future__ import annotations

import json
import math

import pytest

from warmbench.errors import DataError
from warmbench.records.estimate import Estimate

WHOLE = Estimate(4.2, 2.9, 5.5, 0.66, 1410.3, 1625, "clustered t")


def test_json_and_back() -> None:
    found = json.loads(json.dumps(WHOLE.to_json()))
    assert list(found) == ["value", "low", "high", "se", "df", "n", "method"]
    assert Estimate.from_json(found) == WHOLE
    assert Estimate.from_json({"value": 1}) == Estimate(1.0)
    assert Estimate.from_json({**found, "later": "more"}) == WHOLE


@pytest.mark.parametrize(
    "found",
    [{}, {"low": 1.0}, {"value": "much"}, {"value": None}, {"value": math.nan},
     {"value": 1.0, "low": math.inf}, {"value": 1.0, "n": 2.5}, {"value": {"value": 1.0}}],
)  # fmt: skip
def test_what_is_not_an_estimate(found: dict[str, object]) -> None:
    with pytest.raises(DataError, match="not an estimate"):
        Estimate.from_json(found)


@pytest.mark.parametrize(
    ("low", "high", "above", "below"),
    [
        (0.1, 0.2, True, False),
        (-0.2, -0.1, False, True),
        (-0.1, 0.1, False, False),
        (0.0, 0.1, False, False),
        (1e-15, 0.1, False, False),
        (-0.1, -1e-15, False, False),
        (None, None, False, False),
    ],
)
def test_the_side_of_zero(low: float | None, high: float | None, above: bool, below: bool) -> None:
    found = Estimate(0.0, low, high)
    assert (found.above_zero, found.below_zero) == (above, below)


def test_shifted_and_cut() -> None:
    assert WHOLE.shifted(-1.0) == Estimate(3.2, 1.9, 4.5, 0.66, 1410.3, 1625, "clustered t")
    assert Estimate(99.0, 97.0, 101.0).cut(0.0, 100.0) == Estimate(99.0, 97.0, 100.0)
    alone = Estimate(5.0, n=1)
    assert alone.cut(0.0, 1.0) is alone
    assert alone.shifted(1.0) == Estimate(6.0, n=1)


def test_as_text() -> None:
    assert str(WHOLE) == "+4.20 [+2.90, +5.50]"
    assert str(Estimate(-1.0)) == "-1.00"
