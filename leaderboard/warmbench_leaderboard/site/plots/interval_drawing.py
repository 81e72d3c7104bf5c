"""A loss and its interval, drawn small enough to stand in a row of the table.

All rows of a table share one scale. Colour is never the only cue: the number is next to the
drawing, a filled dot is a loss or gain that chance does not explain, an outlined one may be chance.
An arrowhead in the dot's place points to a value that lies beyond the scale.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from markupsafe import Markup

from warmbench.records.estimate import Estimate
from warmbench.reporting.figures.theme import DARK, LIGHT, Picture
from warmbench.reporting.wording import points

__all__ = [
    "HEIGHT",
    "WIDTH",
    "Picture",
    "Scale",
    "interval_drawing",
    "is_beyond",
    "pictures_json",
    "scale_drawing",
    "scale_of",
]

WIDTH, HEIGHT = 150, 26
"""Of a drawing, in pixels of the drawing itself."""

_MARGIN = 8
_STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """From points of accuracy to pixels; ``low`` and ``high`` are its ends, zero among them."""

    low: float
    high: float

    def x(self, value: float) -> float:
        """Where a value stands; what lies beyond an end stands at the end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(_MARGIN + share * (WIDTH - 2 * _MARGIN), 1)

    def ticks(self) -> list[float]:
        """A few round numbers, zero among them."""
        span = self.high - self.low
        step = next((step for step in _STEPS if span / step <= 6.0), _STEPS[-1])
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [index * step for index in range(first, last + 1)]


def scale_of(estimates: Iterable[Estimate]) -> Scale:
    """The scale that all the estimates and their intervals fit on."""
    ends = [0.0, 1.0]
    for estimate in estimates:
        ends += [end for end in (estimate.value, estimate.low, estimate.high) if end is not None]
    return Scale(math.floor(min(ends)), math.ceil(max(ends)))


def is_beyond(estimate: Estimate, scale: Scale) -> bool:
    """Whether a value lies beyond an end of the scale."""
    return not scale.low <= estimate.value <= scale.high


def interval_drawing(estimate: Estimate, scale: Scale) -> Markup:
    """One row: the zero line, the interval as a bar, the value as a dot. Only numbers go in."""
    zero, here = scale.x(0.0), scale.x(estimate.value)
    parts = [f'<line class="zero" x1="{zero}" x2="{zero}" y1="0" y2="{HEIGHT}"/>']
    side, settled = "gain" if estimate.value < 0.0 else "loss", False
    middle = HEIGHT / 2
    if estimate.low is not None and estimate.high is not None:
        settled = estimate.low > 0.0 or estimate.high < 0.0
        parts += _whisker(estimate.low, estimate.high, scale, side)
    fill = side if settled else f"{side} outline"
    if is_beyond(estimate, scale):
        reach = 6 if estimate.value > scale.high else -6
        head = f"M{here + reach:g} {middle:g}L{here:g} {middle - 6:g}V{middle + 6:g}Z"
        parts.append(f'<path class="{fill}" d="{head}"/>')
    else:
        parts.append(f'<circle class="{fill}" cx="{here}" cy="{middle:g}" r="5"/>')
    return _svg(parts)


def _whisker(low: float, high: float, scale: Scale, side: str) -> Iterator[str]:
    """The bar, as far as the scale goes, and a cap at each end that lies on it."""
    middle = HEIGHT / 2
    ends = f'x1="{scale.x(low)}" x2="{scale.x(high)}"'
    yield f'<line class="bar {side}" {ends} y1="{middle:g}" y2="{middle:g}"/>'
    for end in (low, high):
        if scale.low <= end <= scale.high:
            x = scale.x(end)
            top, bottom = middle - 4, middle + 4
            yield f'<line class="cap {side}" x1="{x}" x2="{x}" y1="{top:g}" y2="{bottom:g}"/>'


def scale_drawing(scale: Scale) -> Markup:
    """The numbers of the scale, for the head of the column."""
    return _svg(
        f'<text x="{scale.x(tick)}" y="17" text-anchor="middle">{points(tick).removesuffix(".0")}'
        "</text>"
        for tick in scale.ticks()
    )


def _svg(parts: Iterable[str]) -> Markup:
    drawn = "".join(parts)
    return Markup(
        f'<svg class="interval" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-hidden="true" focusable="false">{drawn}</svg>'
    )


def pictures_json(pictures: Iterable[Picture]) -> dict[str, Any]:
    """The figures without colours, by key, and the two themes that the page puts in."""
    return {
        "figures": {p.key: _plain(p.figure) for p in pictures if not p.is_empty},
        "themes": {"light": LIGHT.to_plotly_json(), "dark": DARK.to_plotly_json()},
    }


def _plain(figure: go.Figure) -> Any:
    plain = json.loads(figure.to_json())
    plain["layout"].pop("template", None)
    return plain
