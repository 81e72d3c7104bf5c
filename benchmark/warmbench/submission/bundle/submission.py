"""``submission.json``: who submits what, and what its numbers rest on."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Study

__all__ = ["SCHEMA_VERSION", "Access", "Provenance", "Submission", "SubmittedModel", "Submitter"]

SCHEMA_VERSION: Literal["1"] = "1"

_TEXT = Field(min_length=1, max_length=200)


class Access(StrEnum):
    """Whether the weights of the original can be had."""

    OPEN = "open"
    API = "api"


class Provenance(StrEnum):
    """Who ran it. ``reference``: the software's own small pair; ``requested``: a maintainer, for
    somebody who asked."""

    SUBMITTER = "submitter"
    REQUESTED = "requested"
    REFERENCE = "reference"


class SubmittedModel(BaseModel):
    """The model that was made warm, as the board names it.

    ``parameters_b``: in thousand millions, None where it is not known. ``url``: its page.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str = _TEXT
    access: Access
    parameters_b: float | None = Field(default=None, gt=0, le=100_000)
    license: str | None = Field(default=None, min_length=1, max_length=100)
    url: str | None = Field(default=None, max_length=300, pattern=r"^https://[^\s<>\"']+$")


class Submitter(BaseModel):
    """Who answers for it. ``contact``: an e-mail address or a page; it is published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = _TEXT
    contact: str = _TEXT


class Submission(BaseModel):
    """The whole of ``submission.json``.

    ``engines``: arm -> what its engine said of itself (engine, endpoint, model, revision,
    adapter). ``judge``: the names of the judges of the verdicts. ``license``: of the bundle.
    ``submitted``: the day, as the submitter gave it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal["1"] = SCHEMA_VERSION
    model: SubmittedModel
    submitter: Submitter
    license: Literal["CC-BY-4.0", "CC0-1.0"] = "CC-BY-4.0"
    provenance: Provenance = Provenance.SUBMITTER
    submitted: date
    study: Study
    engines: dict[str, dict[str, str | None]]
    release: ReleaseRecord
    prompt_release: ReleaseRecord | None
    selection: Selection
    metric_version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    warmbench_version: str = _TEXT
    judge: str = _TEXT
    notes: str = Field(default="", max_length=2_000)

    @property
    def slug(self) -> str:
        """The name of its folder, but for what tells two of one name apart:
        ``llama-3-1-8b-instruct-fine-tune``."""
        name = f"{self.model.name}-{self.study.treatment.value}".lower()
        return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:80] or "model"

    @model_validator(mode="after")
    def _an_engine_an_arm(self) -> Self:
        arms = {arm.name for arm in self.study.arms}
        if set(self.engines) != arms:
            raise ValueError(
                f"engines are given for {', '.join(sorted(self.engines)) or 'none'}; the arms are "
                f"{', '.join(sorted(arms))}"
            )
        return self
