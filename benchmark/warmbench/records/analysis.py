"""The analysis of a run as in the paper, ``analysis.json``: McNemar tests and logistic models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.conditions import Belief, Context
from warmbench.errors import DataError, first_problem
from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Study

__all__ = [
    "Analysis",
    "Coefficient",
    "Effect",
    "FittedModel",
    "McNemar",
    "McNemarFamily",
    "UnfittedModel",
]


@dataclass(frozen=True, slots=True)
class McNemar:
    """One cell of one arm, a row a question.

    ``lost`` (b): right in the original, wrong when treated; ``gained`` (c): the reverse.
    ``cohens_g`` as in the paper's tables, |b - c| / sqrt(b + c); this is the root of McNemar's
    chi-square, not Cohen's own g of |b / (b + c) - 1/2|. ``odds_ratio`` is b / c. Both are None
    where they divide by zero. ``p``: exact, two-sided. ``adjusted_p``: Benjamini-Hochberg.
    """

    arm: str
    task: str
    context: Context
    belief: Belief
    questions: int
    lost: int
    gained: int
    cohens_g: float | None
    odds_ratio: float | None
    p: float
    adjusted_p: float


@dataclass(frozen=True, slots=True)
class Effect:
    """The average effect of the treatment at one level of the moderator, in percentage points;
    positive is more errors. ``clustered_*`` are None where a single question bears it all."""

    level: str
    answers: int
    points: float
    standard_error: float
    p: float
    clustered_standard_error: float | None
    clustered_p: float | None


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One term in log odds of an error. The plain error is the paper's, model-based; the clustered
    one counts each question once, and is None where there is only one."""

    term: str
    value: float
    standard_error: float
    p: float
    clustered_standard_error: float | None
    clustered_p: float | None


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A model that could be fitted. ``answers`` and ``questions`` are what it rests on."""

    name: str
    title: str
    with_length: bool
    answers: int
    questions: int
    log_likelihood: float
    coefficients: tuple[Coefficient, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class UnfittedModel:
    """A model that the answers don't determine, and why: ``reason`` goes on with the names of the
    ``columns``, where it is about some of them (``fit_failure_sentences`` puts them together)."""

    name: str
    title: str
    with_length: bool
    reason: str
    columns: tuple[str, ...]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class McNemarFamily(_Record):
    """All tests of a study; p-values are adjusted over the ``family``. ``epochs`` says which
    answers are counted."""

    family: str
    epochs: str
    tests: tuple[McNemar, ...]


class Analysis(_Record):
    """The whole of ``analysis.json``; ``models``: treated arm -> its models."""

    analysis_version: str
    warmbench_version: str
    release: ReleaseRecord
    citation: dict[str, dict[str, str]]
    study: Study
    selection: Selection
    judge: str
    mcnemar: McNemarFamily
    models: dict[str, tuple[FittedModel | UnfittedModel, ...]]

    def tests_of(self, arm: str) -> list[McNemar]:
        """The tests of one treated arm, a cell each."""
        return [test for test in self.mcnemar.tests if test.arm == arm]

    def fitted(self, arm: str) -> list[FittedModel]:
        """The models of one treated arm that could be fitted."""
        return [model for model in self.models.get(arm, ()) if isinstance(model, FittedModel)]

    def fit_failures(self, arm: str) -> list[UnfittedModel]:
        """The models of one treated arm that could not be fitted."""
        return [model for model in self.models.get(arm, ()) if isinstance(model, UnfittedModel)]

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The analysis of a run; None where there is none. ``DataError`` for any other file."""
        if not path.is_file():
            return None
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise DataError(
                f"{path}: not an analysis ({first_problem(error)}); run `warmbench analyse` again"
            ) from None
