"""The interval of a figure in words; "no interval" where the data give none."""

from __future__ import annotations

from warmbench.report.measure import Loss
from warmbench.report.wording import gain_interval, interval
from warmbench_leaderboard.board import Figure

__all__ = ["gain_interval_text", "interval_text"]

_NONE = "no interval"


def interval_text(figure: Figure) -> str:
    """In points: ``+2.9 to +5.5``."""
    return _NONE if figure.low is None else interval(_loss(figure))


def gain_interval_text(figure: Figure) -> str:
    """In the unit of a measure of warmth: ``+0.210 to +0.410``."""
    return _NONE if figure.low is None else gain_interval(_loss(figure))


def _loss(figure: Figure) -> Loss:
    return Loss(figure.value, figure.low, figure.high)
