"""One cell of a published table: what was printed, and the paired counts that it determines."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from warmbench.conditions import HEADLINE_CONTEXTS, PAPER_TASKS, Context

__all__ = [
    "DECIMALS",
    "INFINITE",
    "PairedCounts",
    "PublishedCell",
    "StatedBelief",
    "agrees",
    "allowed_gap",
    "paired_error",
]

DECIMALS = {
    "original_accuracy": 2,
    "treated_accuracy": 2,
    "difference": 2,
    "cohens_g": 3,
    "odds_ratio": 2,
    "p": 4,
    "adjusted_p": 4,
}
"""To how many decimals the paper's tables print each number."""

INFINITE: Literal["infinite"] = "infinite"
"""The odds ratio of a cell in which rows were lost and none was gained; JSON has no infinity."""

_SLACK = 1e-9
"""A number that lies between two printable ones may have been rounded either way."""

_ERROR_DECIMALS = 6


class StatedBelief(StrEnum):
    """Whether the user states a wrong belief. Published cells pool the two wordings of one."""

    NONE = "none"
    PRESENT = "present"

    @property
    def wordings(self) -> int:
        """How many rows a question can have in a cell: one a wording."""
        return 2 if self is StatedBelief.PRESENT else 1


def agrees(value: float, printed: float, decimals: int) -> bool:
    """Whether ``value``, rounded to so many decimals, can be what was printed."""
    return abs(value - printed) <= allowed_gap(decimals)


def allowed_gap(decimals: int) -> float:
    """How far a number can be from what is printed of it to so many decimals."""
    return 0.5 * 10.0**-decimals + _SLACK


def paired_error(rows: int, lost: int, gained: int) -> float:
    """The standard error of 100 (b - c) / n in percentage points, the n rows taken as independent:

    Var = (b + c - (b - c)^2 / n) / n^2. Rounded to 6 decimals.
    """
    variance = (lost + gained - (lost - gained) ** 2 / rows) / rows**2
    return round(100.0 * math.sqrt(max(0.0, variance)), _ERROR_DECIMALS)


class PairedCounts(BaseModel):
    """How the ``rows`` that both arms answered fell out.

    ``lost`` (b): right in the original, wrong when treated; ``gained`` (c): the reverse.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int = Field(ge=1)
    original_right: int = Field(ge=0)
    lost: int = Field(ge=0)
    gained: int = Field(ge=0)

    @property
    def treated_right(self) -> int:
        """How many rows the treated arm got right."""
        return self.original_right - self.lost + self.gained

    @model_validator(mode="after")
    def _counts_fit_into_each_other(self) -> Self:
        if self.lost > self.original_right:
            raise ValueError(f"{self.lost} lost of {self.original_right} right")
        if self.gained > self.rows - self.original_right:
            raise ValueError(f"{self.gained} gained of {self.rows - self.original_right} wrong")
        return self


class PublishedCell(BaseModel):
    """One task, context and stated belief.

    Printed in the paper: the accuracies and their ``difference`` (treated minus original) in
    percent; ``cohens_g`` = |b - c| / sqrt(b + c); ``odds_ratio`` = b / c; ``p`` of the exact
    McNemar test, two-sided; ``adjusted_p`` by Benjamini and Hochberg over the nine contexts of
    one model, task and belief. The last four are None where no row was lost or gained.

    Recovered from them: ``counts``, where just one set of counts rounds to all that is printed;
    ``solutions``, how many sets do; ``standard_error`` of the loss in percentage points with the
    rows taken as independent: that of the counts, or the largest of all solutions where they are
    several; None where there is no solution.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    task: str
    context: Context
    belief: StatedBelief
    original_accuracy: float = Field(ge=0, le=100)
    treated_accuracy: float = Field(ge=0, le=100)
    difference: float = Field(ge=-100, le=100)
    cohens_g: float | None = Field(ge=0)
    odds_ratio: float | Literal["infinite"] | None
    p: float | None = Field(ge=0, le=1)
    adjusted_p: float | None = Field(ge=0, le=1)
    counts: PairedCounts | None
    solutions: int = Field(ge=0)
    standard_error: float | None = Field(ge=0)

    @property
    def loss(self) -> float:
        """Original minus treated accuracy in points: of the counts where they are known, else
        of the printed accuracies, which can be off by 0.01."""
        if self.counts is None:
            return self.original_accuracy - self.treated_accuracy
        return 100.0 * (self.counts.lost - self.counts.gained) / self.counts.rows

    @property
    def standard_error_bound(self) -> float | None:
        """What the standard error is at most: a question's two rows, where a belief is stated in
        two wordings, may say the same, and then count as one."""
        if self.standard_error is None:
            return None
        return self.standard_error * math.sqrt(self.belief.wordings)

    @model_validator(mode="after")
    def _condition_is_the_papers(self) -> Self:
        if self.task not in PAPER_TASKS:
            raise ValueError(f"{self.task} is not a task of the paper")
        if self.context not in HEADLINE_CONTEXTS:
            raise ValueError(f"{self.context.value} is not a context of the paper")
        return self

    @model_validator(mode="after")
    def _counts_say_what_is_printed(self) -> Self:
        if (self.counts is not None) != (self.solutions == 1):
            raise ValueError("counts are given where there is just one solution")
        if (self.standard_error is None) != (self.solutions == 0):
            raise ValueError("a standard error is given where there is a solution")
        if self.counts is None:
            return self
        for name, value in _statistics(self.counts).items():
            printed = getattr(self, name)
            if not _is_printed_as(value, printed, DECIMALS[name]):
                raise ValueError(f"{name} is {printed}, its counts give {value}")
        error = paired_error(self.counts.rows, self.counts.lost, self.counts.gained)
        if not math.isclose(self.standard_error or 0.0, error, abs_tol=1e-6):
            raise ValueError(f"standard_error is {self.standard_error}, its counts give {error}")
        return self


def _statistics(counts: PairedCounts) -> dict[str, float | None]:
    """The printed numbers, unrounded; p is not among them: it takes the longest, and whoever
    recovers the counts has checked it."""
    lost, gained = counts.lost, counts.gained
    discordant = lost + gained
    ratio = (lost / gained if gained else math.inf) if discordant else None
    return {
        "original_accuracy": 100.0 * counts.original_right / counts.rows,
        "treated_accuracy": 100.0 * counts.treated_right / counts.rows,
        "difference": 100.0 * (gained - lost) / counts.rows,
        "cohens_g": abs(lost - gained) / math.sqrt(discordant) if discordant else None,
        "odds_ratio": ratio,
    }


def _is_printed_as(value: float | None, printed: float | str | None, decimals: int) -> bool:
    if value is None or printed is None:
        return value is printed
    if isinstance(printed, str) or math.isinf(value):
        return printed == INFINITE and math.isinf(value)
    return agrees(value, printed, decimals)
