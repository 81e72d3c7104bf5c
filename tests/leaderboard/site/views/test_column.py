"""Every figure of the table has its interval beside it."""

from __future__ import annotations

import pytest

from tests.leaderboard.synthetic import synthetic_board
from warmbench.records.estimate import Estimate
from warmbench_leaderboard.index.board import Entry
from warmbench_leaderboard.site.views.column import COLUMNS

ENTRY = synthetic_board(1, seed=1).entries[0]
SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def with_figure(name: str, figure: Estimate | None) -> Entry:
    if name in ("plain", "sadness"):
        pair = ENTRY.headline.model_copy(update={"loss": figure})
        return ENTRY.model_copy(update={name: pair if figure else None})
    field = "warmth_gain" if name == "warmth" else name
    return ENTRY.model_copy(update={field: figure})


@pytest.mark.parametrize("name", ["plain", "sadness", "sycophancy", "warmth"])
@pytest.mark.parametrize(
    ("figure", "points", "warmth"),
    [
        (Estimate(value=2.0, low=-1.5, high=5.5), f"{MINUS}1.5 to{SPACE}+5.5",
         f"{MINUS}1.50 to{SPACE}+5.50"),
        (Estimate(value=2.0, low=None, high=None), "no interval", "no interval"),
        (None, "", ""),
    ],
    ids=["interval", "none given", "not measured"],
)  # fmt: skip
def test_the_interval_of_a_figure(
    name: str, figure: Estimate | None, points: str, warmth: str
) -> None:
    column = COLUMNS[name]
    assert column.interval is not None
    assert column.interval(with_figure(name, figure)) == (warmth if name == "warmth" else points)


def test_what_is_no_figure_has_none() -> None:
    figures = {name for name, column in COLUMNS.items() if column.interval}
    assert figures == {"plain", "sadness", "sycophancy", "warmth"}
