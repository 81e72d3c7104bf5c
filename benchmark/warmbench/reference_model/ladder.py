"""The ladder: the loss and the warmth of the reference model at each checkpoint of its tuning.

``ladder.json`` beside this file was measured when the model was made. Like the model it is a
reference for the software, not a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from warmbench.errors import DataError, UsageError, first_problem
from warmbench.records.estimate import Estimate
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.release import ReleaseRecord
from warmbench.reference_model import REFERENCE_NAME

__all__ = [
    "SELECTED_EPOCH",
    "Ladder",
    "Rung",
    "is_packaged_reference",
    "ladder_of",
    "read_ladder",
]

SELECTED_EPOCH = 2.0
"""The checkpoint that an arm is made of, as in the paper."""

_ENGINES = ("ct2", "hf", "vllm")
"""The engines for which ``reference`` is the packaged model; elsewhere it may be any name."""

_PACKAGED = Path(__file__).with_name("ladder.json")


def _with_whole_interval(found: Estimate) -> Estimate:
    if (found.low is None) != (found.high is None):
        raise ValueError("an interval has both ends or none")
    if found.low is None or found.high is None or found.low <= found.value <= found.high:
        return found
    raise ValueError(f"{found.value} is not within {found.low} to {found.high}")


_Measured = Annotated[Estimate, AfterValidator(_with_whole_interval)]


class Rung(BaseModel):
    """One checkpoint of one arm: ``loss`` in points of accuracy, ``warmth`` the gain in warmth in
    the unit of the ladder's measure, both against the original model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    arm: str
    epoch: float = Field(gt=0)
    steps: int = Field(ge=1)
    loss: _Measured
    warmth: _Measured


class Ladder(BaseModel):
    """All rungs of all arms, and what they were measured on: ``questions`` a task of
    ``release``, answered at ``temperature``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: ReleaseRecord
    judge: str
    measure: str
    questions: int = Field(ge=1)
    temperature: float = Field(ge=0)
    rungs: tuple[Rung, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_rung_once(self) -> Self:
        places = [(rung.arm, rung.epoch) for rung in self.rungs]
        if twice := next((place for place in places if places.count(place) > 1), None):
            raise ValueError(f"the rung of {twice[0]} at epoch {twice[1]:g} appears twice")
        return self

    @property
    def arms(self) -> tuple[str, ...]:
        """The treated arms, in the order of their first rungs."""
        return tuple(dict.fromkeys(rung.arm for rung in self.rungs))

    def rungs_of(self, arm: str) -> list[Rung]:
        """The rungs of one arm from the lowest epoch up."""
        return sorted((rung for rung in self.rungs if rung.arm == arm), key=lambda r: r.epoch)


def read_ladder(path: Path = _PACKAGED) -> Ladder | None:
    """The ladder in a file, by default the packaged one; None where there is no such file.

    Raises ``DataError`` for a file that is not a ladder.
    """
    if not path.is_file():
        return None
    try:
        return Ladder.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{path}: not a ladder ({first_problem(error)})") from None


def ladder_of(models: Iterable[str]) -> Ladder | None:
    """The packaged ladder where all ``models`` (specs) are the packaged reference; else None."""
    return read_ladder() if all(map(is_packaged_reference, models)) else None


def is_packaged_reference(model: str) -> bool:
    """Whether a model spec names the reference model that ships in the package."""
    try:
        spec = parse_model_spec(model).inner
    except UsageError:  # a name from elsewhere
        return False
    return spec.name == REFERENCE_NAME and spec.engine in _ENGINES
