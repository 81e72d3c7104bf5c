"""An estimate: a number with its 95 % interval, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from warmbench.errors import DataError, first_problem

__all__ = ["ROUNDING", "Estimate", "MarginVerdict", "NonInferiority"]

ROUNDING = 1e-9
"""What the rounding of sums can leave of zero."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval, in the unit that its place gives.

    ``se`` is its standard error, ``df`` the degrees of freedom of the interval, ``n`` how many
    independent observations (mostly questions) it rests on, ``method`` how the interval was made.
    ``low`` and ``high`` are None where the data give no interval: where some part rests on a single
    observation (then ``se`` is None too), and where all observations are alike, as rows without
    spread hold no measure of their own uncertainty. In JSON::

        {"value": 4.2, "low": 2.9, "high": 5.5, "se": 0.66, "df": 1410.3, "n": 1625,
         "method": "clustered t"}
    """

    value: float
    low: float | None = None
    high: float | None = None
    se: float | None = None
    df: float | None = None
    n: int | None = None
    method: str | None = None

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        allow_inf_nan=False, revalidate_instances="always"
    )

    @property
    def above_zero(self) -> bool:
        """Whether the whole interval is above zero: a rise that chance does not explain."""
        return self.low is not None and self.low > ROUNDING

    @property
    def below_zero(self) -> bool:
        """Whether the whole interval is below zero: a fall that chance does not explain."""
        return self.high is not None and self.high < -ROUNDING

    def shifted(self, by: float) -> Estimate:
        """The estimate plus a constant: value and interval move, their precision stays."""
        return replace(
            self,
            value=self.value + by,
            low=None if self.low is None else self.low + by,
            high=None if self.high is None else self.high + by,
        )

    def cut(self, least: float, most: float) -> Estimate:
        """The estimate with its interval cut to what the number can be."""
        if self.low is None or self.high is None:
            return self
        return replace(self, low=max(least, self.low), high=min(most, self.high))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Estimate:
        """The estimate in ``found``; raises ``DataError`` for what is not one: text for a number,
        a number that is not finite, no value."""
        try:
            return _ADAPTER.validate_python(dict(found))
        except ValidationError as error:
            raise DataError(f"not an estimate ({first_problem(error)})") from None

    def __str__(self) -> str:
        """``+4.20 [+2.90, +5.50]``, without the brackets where there is no interval."""
        if self.low is None or self.high is None:
            return f"{self.value:+.2f}"
        return f"{self.value:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"


_ADAPTER = TypeAdapter(Estimate)


class MarginVerdict(StrEnum):
    """What the data say of a loss and a margin."""

    WITHIN = "within"
    EXCEEDED = "exceeded"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """A loss held against a margin, all in percentage points.

    ``lower`` and ``upper`` are one-sided bounds at ``confidence``; None where some condition
    rests on a single question. ``more_questions`` is how many further questions would decide an
    undecided loss four times in five, if it stays where it is; None where it is decided, where
    the value lies on the margin, and where there are no bounds.
    """

    margin: float
    confidence: float
    lower: float | None
    upper: float | None
    verdict: MarginVerdict
    more_questions: int | None

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(allow_inf_nan=False)
