"""Figures of a scorecard as the board keeps them: rounded, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, overload

from warmbench_leaderboard.index.board import Figure, Pair

__all__ = ["figure_of", "pair_of", "pairs_of", "rounded"]

_DECIMALS = 9

Json = Mapping[str, Any]


@overload
def rounded(value: float) -> float: ...
@overload
def rounded(value: float | None) -> float | None: ...
def rounded(value: float | None) -> float | None:
    """To nine decimals, so that the order of a sum leaves no trace; None stays None."""
    return None if value is None else round(float(value), _DECIMALS) + 0.0


def figure_of(found: Json | None) -> Figure | None:
    """A figure of a scorecard: a value with ``low`` and ``high``."""
    if found is None:
        return None
    return Figure(
        value=rounded(found["value"]), low=rounded(found["low"]), high=rounded(found["high"])
    )


def pair_of(found: Json | None) -> Pair | None:
    """A loss with its accuracies; None where the rows give one of the three not."""
    if found is None or found["loss"] is None:
        return None
    if found["original_accuracy"] is None or found["treated_accuracy"] is None:
        return None
    loss = figure_of(found["loss"])
    assert loss is not None
    return Pair(
        loss=loss,
        original_accuracy=rounded(found["original_accuracy"]["value"]),
        treated_accuracy=rounded(found["treated_accuracy"]["value"]),
    )


def pairs_of(found: Mapping[str, Json]) -> dict[str, Pair]:
    """Those of the pairs that the rows give, by name."""
    pairs = {name: pair_of(each) for name, each in found.items()}
    return {name: pair for name, pair in pairs.items() if pair is not None}
