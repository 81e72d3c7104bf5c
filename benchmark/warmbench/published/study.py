"""A published study: one original and one treated model, as a paper's tables show them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warmbench.conditions import HEADLINE_CONTEXTS, PAPER_TASKS, Context
from warmbench.errors import DataError, first_problem
from warmbench.published.cell import PublishedCell, StatedBelief
from warmbench.records.study import Treatment

__all__ = ["GeneralBenchmark", "PublishedStudy", "published_studies", "read_published_study"]

_Place = tuple[str, Context, StatedBelief]

_PLACES: tuple[_Place, ...] = tuple(product(PAPER_TASKS, HEADLINE_CONTEXTS, StatedBelief))
"""The 72 cells of a study, in order."""


class GeneralBenchmark(BaseModel):
    """A benchmark of what else the model can do, in percent with 95 % intervals."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    benchmark: str
    original_accuracy: float = Field(ge=0, le=100)
    original_low: float = Field(ge=0, le=100)
    original_high: float = Field(ge=0, le=100)
    treated_accuracy: float = Field(ge=0, le=100)
    treated_low: float = Field(ge=0, le=100)
    treated_high: float = Field(ge=0, le=100)


class PublishedStudy(BaseModel):
    """All 72 cells of one model and treatment.

    ``items`` says on which questions it was measured, ``table`` which file of the authors it was
    read from, ``notes`` what was decided on the way.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(min_length=1)
    treatment: Treatment
    arm: Literal["warm", "cold"]
    provenance: Literal["published"] = "published"
    citation: str = Field(min_length=1)
    license: str = Field(min_length=1)
    table: str
    judge: str
    items: str
    notes: tuple[str, ...] = ()
    cells: tuple[PublishedCell, ...]
    general_benchmarks: tuple[GeneralBenchmark, ...] = ()

    @property
    def slug(self) -> str:
        """The name of its file: ``qwen-2-5-32b-instruct-fine-tune-warm``."""
        name = f"{self.model}-{self.treatment.value}-{self.arm}".lower()
        return re.sub(r"[^a-z0-9]+", "-", name).strip("-")

    @property
    def recovered(self) -> int:
        """In how many cells the paired counts are known."""
        return sum(cell.counts is not None for cell in self.cells)

    @model_validator(mode="after")
    def _every_cell_once(self) -> Self:
        found = Counter((cell.task, cell.context, cell.belief) for cell in self.cells)
        for place in _PLACES:
            if found[place] != 1:
                name = "/".join(place)
                raise ValueError(f"the cell {name} appears {found[place]} times, not once")
        return self


def read_published_study(path: Path) -> PublishedStudy:
    """The study in a JSON file. Raises ``DataError`` for a file that holds none."""
    try:
        return PublishedStudy.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror or error})") from None
    except ValidationError as error:
        raise DataError(f"{path}: not a published study ({first_problem(error)})") from None


def published_studies(folder: Path) -> list[PublishedStudy]:
    """All studies of a folder of JSON files, by file name.

    Raises ``DataError`` when one can't be read or there is none.
    """
    studies = [read_published_study(path) for path in sorted(folder.glob("*.json"))]
    if not studies:
        raise DataError(f"{folder}: contains no published study (*.json)")
    return studies
