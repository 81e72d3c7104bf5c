"""A study: an original arm and one or more treated arms with identical sampling."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from warmbench.errors import UsageError, first_problem
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request_extras import RequestExtras
from warmbench.text_file import read_text

__all__ = ["ARM_NAMES", "Arm", "Sampling", "Study", "Treatment", "read_study"]

ARM_NAMES = ("original", "warm", "cold")


class Treatment(StrEnum):
    """How the treated arms were made."""

    FINE_TUNE = "fine-tune"
    SYSTEM_PROMPT = "system-prompt"
    OTHER = "other"


class Sampling(BaseModel):
    """How answers are drawn. The defaults are the paper's: temperature 0.8, 300 tokens.

    ``reasoning_tokens``: further tokens for what a reasoning model thinks before its answer. They
    are added to ``max_tokens`` in the request, so that ``max_tokens`` counts the answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: float = Field(default=0.8, ge=0.0, le=2.0)
    max_tokens: int = Field(default=300, ge=1, le=32_768)
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    reasoning_tokens: int = Field(default=0, ge=0, le=131_072)


class Arm(BaseModel):
    """One model as served. ``revision`` pins its weights where the engine can't tell.

    ``extra_body``, ``chat_template_kwargs`` and ``reasoning_effort`` go with each of its requests
    (``RequestExtras``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    model: str
    system: str | None = None
    revision: str | None = None
    extra_body: dict[str, Any] | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    reasoning_effort: str | None = Field(default=None, min_length=1, max_length=40)

    @property
    def extras(self) -> RequestExtras:
        """What goes with each of its requests."""
        return RequestExtras(
            self.extra_body or {}, self.chat_template_kwargs or {}, self.reasoning_effort
        )

    @field_validator("name")
    @classmethod
    def _known_name(cls, value: str) -> str:
        if value not in ARM_NAMES:
            raise ValueError(f"{value!r} is not an arm; arms are {', '.join(ARM_NAMES)}")
        return value

    @field_validator("model")
    @classmethod
    def _readable_model(cls, value: str) -> str:
        try:
            return str(parse_model_spec(value))
        except UsageError as error:
            raise ValueError(str(error)) from None


class Study(BaseModel):
    """What is compared. In a study file::

    treatment = "fine-tune"
    seed = 0

    [sampling]
    temperature = 0.8
    max_tokens = 300

    [[arms]]
    name = "original"
    model = "openai:my-model@http://localhost:8000/v1"

    [[arms]]
    name = "warm"
    model = "openai:my-model-warm@http://localhost:8000/v1"
    reasoning_effort = "low"
    chat_template_kwargs = { enable_thinking = false }

    ``closing_tokens``: after each reply to an item the model is asked to state its answer in so
    many tokens at most; 0: it is not asked, and nothing is said of it where the study is written.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    arms: tuple[Arm, ...]
    treatment: Treatment = Treatment.OTHER
    sampling: Sampling = Sampling()
    seed: int = Field(default=0, ge=0)
    recipe: dict[str, Any] | None = None
    closing_tokens: int = Field(default=0, ge=0, le=4_096)

    @model_validator(mode="after")
    def _arms_make_a_pair(self) -> Study:
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError(f"each arm may appear only once; found {', '.join(names)}")
        if "original" not in names or len(names) < 2:
            raise ValueError(
                f"a study has an original arm and at least one treated; found {', '.join(names)}"
            )
        return self

    @model_serializer(mode="wrap")
    def _without_closing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = handler(self)
        if not self.closing_tokens:
            found.pop("closing_tokens", None)
        return found

    def sampling_of(self, arm: Arm) -> dict[str, Any]:
        """How an arm's answers are drawn, as it goes into its ledger keys: what is left at its
        default later than temperature, tokens and top-p is left out."""
        sampling = self.sampling.model_dump()
        if not sampling["reasoning_tokens"]:
            del sampling["reasoning_tokens"]
        return {**sampling, **arm.extras.to_json()}

    @property
    def original(self) -> Arm:
        """The arm that the others are compared with."""
        return next(arm for arm in self.arms if arm.name == "original")

    @property
    def treated(self) -> tuple[Arm, ...]:
        """The arms that are compared with the original, in order."""
        return tuple(arm for arm in self.arms if arm.name != "original")


def read_study(path: Path) -> Study:
    """Read a study file (TOML); raises ``UsageError`` naming the field and what is accepted."""
    try:
        data = tomllib.loads(read_text(path, "study file"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not valid TOML ({error})") from None
    try:
        return Study.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{path}: {first_problem(error)}") from None
