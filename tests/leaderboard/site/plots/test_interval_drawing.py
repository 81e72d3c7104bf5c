"""The drawing in a row: within its bounds, and plain about what chance explains."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.records.estimate import Estimate
from warmbench_leaderboard.site.plots.interval_drawing import (
    WIDTH,
    interval_drawing,
    is_beyond,
    scale_drawing,
    scale_of,
)

NUMBERS = st.floats(-100, 100)
FIGURES = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted).map(
    lambda v: Estimate(value=v[1], low=v[0], high=v[2])
)  # fmt: skip


@given(st.lists(FIGURES, min_size=1, max_size=5))
def test_nothing_is_drawn_outside(figures: list[Estimate]) -> None:
    scale = scale_of(figures)
    assert not any(is_beyond(figure, scale) for figure in figures)
    for figure in (*figures, Estimate(value=150, low=140, high=160)):
        drawn = interval_drawing(figure, scale)
        places = [float(x) for x in re.findall(r'(?: x1="| x2="| cx="|M|L)([\d.]+)', drawn)]
        assert places
        assert all(0 <= place <= WIDTH for place in places)
    assert 0.0 in scale.ticks()
    assert len(scale.ticks()) <= 8
    assert scale_drawing(scale).count("<text") == len(scale.ticks())


@pytest.mark.parametrize(
    ("figure", "dot"),
    [
        (Estimate(value=4, low=1, high=7), 'class="loss"'),
        (Estimate(value=4, low=-1, high=9), 'class="loss outline"'),
        (Estimate(value=-4, low=-7, high=-1), 'class="gain"'),
        (Estimate(value=-1, low=-3, high=1), 'class="gain outline"'),
        (Estimate(value=4, low=None, high=None), 'class="loss outline"'),
    ],
)
def test_an_outline_says_that_chance_may_explain_it(figure: Estimate, dot: str) -> None:
    assert f"<circle {dot}" in interval_drawing(figure, scale_of([figure]))


@pytest.mark.parametrize(
    ("figure", "head", "caps"),
    [
        (Estimate(value=20, low=18, high=22), '<path class="loss" d="M148 ', 0),
        (Estimate(value=20, low=8, high=32), '<path class="loss" d="M148 ', 1),
        (Estimate(value=-9, low=-19, high=1), '<path class="gain outline" d="M2 ', 1),
    ],
)
def test_an_arrowhead_points_beyond_the_scale(figure: Estimate, head: str, caps: int) -> None:
    drawn = interval_drawing(figure, scale_of([Estimate(value=10, low=0, high=10)]))
    assert head in drawn
    assert "<circle" not in drawn
    assert drawn.count('class="cap') == caps
