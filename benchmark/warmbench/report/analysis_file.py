"""The analysis file: what a report reads of ``analysis.json``."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.errors import DataError, first_problem

__all__ = ["Analysis", "CellTest", "Effect", "Model", "read_analysis"]


class _Part(BaseModel):
    """What a report does not show is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class CellTest(_Part):
    """McNemar's test in one cell of one arm."""

    arm: str
    task: str
    context: str
    belief: str
    questions: int
    lost: int
    gained: int
    cohens_g: float | None
    odds_ratio: float | None
    p: float
    adjusted_p: float


class Effect(_Part):
    """How many points more errors a logistic model finds at one level of its moderator."""

    level: str
    answers: int
    points: float
    standard_error: float
    p: float
    clustered_standard_error: float | None
    clustered_p: float | None


class Model(_Part):
    """A logistic model; ``reason`` says why it has no effects, where it could not be fitted, and
    goes on with the names of the ``columns``, where it is about some of them."""

    name: str
    title: str
    with_length: bool
    effects: tuple[Effect, ...] = ()
    reason: str | None = None
    columns: tuple[str, ...] = ()


class _McNemar(_Part):
    family: str
    epochs: str
    tests: tuple[CellTest, ...]


class Analysis(_Part):
    """``models``: treated arm -> its models."""

    judge: str
    mcnemar: _McNemar
    models: dict[str, tuple[Model, ...]]


def read_analysis(path: Path) -> Analysis | None:
    """The analysis of a run; None where nobody made one. ``DataError`` where it is none."""
    if not path.is_file():
        return None
    try:
        return Analysis.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(
            f"{path}: {first_problem(error)}; make it anew with `warmbench analyse`"
        ) from None
