"""One row of a cell table: which cell it is, and what is printed of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.conditions import Context
from warmbench.errors import DataError
from warmbench.published.cell import DECIMALS, StatedBelief
from warmbench_builders.study_models.labels import StudyName

__all__ = ["FIGURES", "INFINITY", "NOT_GIVEN", "CellRow", "Figures"]

NOT_GIVEN = "N/A"
INFINITY = "∞"
FIGURES = tuple(DECIMALS)
"""The printed figures, in the order of the tables' columns."""

_OPTIONAL = frozenset({"cohens_g", "odds_ratio", "p", "adjusted_p"})
_NUMBER = re.compile(r"-?\d+\.(\d+)")


@dataclass(frozen=True, slots=True)
class Figures:
    """What is printed of a cell. ``odds_ratio`` may be infinite; the last four are None where
    no row was lost or gained."""

    original_accuracy: float
    treated_accuracy: float
    difference: float
    cohens_g: float | None
    odds_ratio: float | None
    p: float | None
    adjusted_p: float | None

    @classmethod
    def read(cls, texts: Mapping[str, str], where: str) -> Figures:
        """From the texts of the columns. Raises ``DataError`` for what is not printed as the
        tables print it: it would be taken for more, or less, exact than it is."""
        return cls(**{name: _read(name, texts[name], where) for name in FIGURES})  # type: ignore[arg-type]

    def texts(self) -> dict[str, str]:
        """The figures as they were printed."""
        return {name: _printed(getattr(self, name), DECIMALS[name]) for name in FIGURES}


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell of a study. ``note``: what was decided when it was read; mostly empty."""

    study: StudyName
    task: str
    context: Context
    belief: StatedBelief
    figures: Figures
    note: str = ""

    @property
    def place(self) -> tuple[StudyName, str, Context, StatedBelief]:
        """What tells it from all other cells."""
        return self.study, self.task, self.context, self.belief


def _read(name: str, text: str, where: str) -> float | None:
    if text == NOT_GIVEN and name in _OPTIONAL:
        return None
    if text == INFINITY and name == "odds_ratio":
        return math.inf
    found = _NUMBER.fullmatch(text)
    if not found or len(found[1]) != DECIMALS[name]:
        raise DataError(f"{where}: {name} is {text!r}, not a number of {DECIMALS[name]} decimals")
    return float(text)


def _printed(value: float | None, decimals: int) -> str:
    if value is None:
        return NOT_GIVEN
    return INFINITY if math.isinf(value) else f"{value:.{decimals}f}"
