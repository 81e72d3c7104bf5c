"""Measures: the figures of a scorecard, read once from JSON into types.

A loss in a scorecard::

    {"value": 4.2, "low": 2.9, "high": 5.5, "se": 0.66, "df": 1410.3, "n": 1625,
     "method": "clustered t"}
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.errors import DataError

__all__ = ["Interval", "Loss", "Measure", "number"]


def number(value: Any) -> float | None:
    """A figure of the scorecard; None where it was not measured (null or not finite).

    Raises ``DataError`` for anything that is not a number, so that no text can stand in for one.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"scorecard: a figure is a number or null, found {value!r}")
    return float(value) if math.isfinite(value) else None


def _settled(end: float | None) -> float | None:
    """Zero for what differs from it only by the rounding of sums."""
    return 0.0 if end is not None and math.isclose(end, 0.0, abs_tol=1e-9) else end


@dataclass(frozen=True, slots=True)
class Loss:
    """A difference in percentage points with its 95 % interval (None: too few questions)."""

    value: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: Mapping[str, Any] | None) -> Loss | None:
        """The loss of a scorecard's entry, or None where it was not measured."""
        value = number(found["value"]) if found else None
        if not found or value is None:
            return None
        low, high = number(found["low"]), number(found["high"])
        return cls(value, _settled(low), _settled(high))

    @property
    def above_zero(self) -> bool:
        """The whole interval is above zero: a loss that chance does not explain."""
        return self.low is not None and self.low > 0.0

    @property
    def below_zero(self) -> bool:
        """The whole interval is below zero: a gain that chance does not explain."""
        return self.high is not None and self.high < 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of a 95 % interval, in the unit of the figure it stands beside."""

    low: float
    high: float

    @classmethod
    def of(cls, found: Mapping[str, Any] | None) -> Interval | None:
        """The interval of a scorecard's entry; None where there is none, as in one of before."""
        low, high = (number(found[end]) for end in ("low", "high")) if found else (None, None)
        return None if low is None or high is None else cls(low, high)


def _value(found: Mapping[str, Any] | None) -> float | None:
    return number(found["value"]) if found else None


@dataclass(frozen=True, slots=True)
class Measure:
    """A loss with the two accuracies behind it (percent), retention and relative rise (ratios),
    and the interval of each."""

    loss: Loss | None = None
    original_accuracy: float | None = None
    treated_accuracy: float | None = None
    retention: float | None = None
    relative_error_rise: float | None = None
    original_interval: Interval | None = None
    treated_interval: Interval | None = None
    retention_interval: Interval | None = None
    relative_error_rise_interval: Interval | None = None

    @classmethod
    def of(cls, found: Mapping[str, Any] | None) -> Measure:
        """The measure of a scorecard's entry; nothing measured where there is no entry."""
        if not found:
            return cls()
        return cls(
            loss=Loss.of(found["loss"]),
            original_accuracy=_value(found["original_accuracy"]),
            treated_accuracy=_value(found["treated_accuracy"]),
            retention=_value(found["retention"]),
            relative_error_rise=_value(found["relative_error_rise"]),
            original_interval=Interval.of(found["original_accuracy"]),
            treated_interval=Interval.of(found["treated_accuracy"]),
            retention_interval=Interval.of(found["retention"]),
            relative_error_rise_interval=Interval.of(found["relative_error_rise"]),
        )
