"""``requests/<request_id>.json`` of the submissions: a requested run.

::

    {"schema_version": "1", "request_id": "llama-3-2-1b-instruct-5f0c9d41", "state": "waiting",
     "original": {"model_id": "meta-llama/Llama-3.2-1B-Instruct", "revision": "9213176...",
                  "license": "llama3.2", "parameters": 1235814400, "is_adapter": false},
     "warm": null, "requester": "Ann", "contact": "ann@example.org",
     "history": [{"state": "waiting", "who": "Ann", "when": "2026-05-04T10:11:12Z", "note": "",
                  "ticket": "0123456789abcdef"}]}
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from warmbench.text_safety import name_problem, text_problem

__all__ = ["MODEL_ID", "OPEN_STATES", "Change", "HubModel", "RequestState", "RunRequest"]

MODEL_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
"""``namespace/name``, as the Hub takes it."""


class RequestState(StrEnum):
    """The state of a request."""

    WAITING = "waiting"
    TAKEN = "taken"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


OPEN_STATES = (RequestState.WAITING, RequestState.TAKEN, RequestState.RUNNING)


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubModel(_Record):
    """A model on the Hub. ``revision``: a commit; ``is_adapter``: whether it is a LoRA adapter."""

    model_id: str
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")
    license: str = Field(min_length=1, max_length=100)
    parameters: int = Field(ge=0)
    is_adapter: bool = False

    @field_validator("model_id")
    @classmethod
    def _a_name(cls, value: str) -> str:
        if not MODEL_ID.fullmatch(value):
            raise ValueError(f"{value!r} is not a model id; enter ORG/NAME")
        return value


class Change(_Record):
    """One step of a request. ``who`` and ``when``: as given by whoever made it; ``ticket``
    distinguishes two steps that are otherwise the same."""

    state: RequestState
    who: str = Field(min_length=1, max_length=200)
    when: AwareDatetime
    note: str = Field(default="", max_length=500)
    ticket: str = Field(default_factory=lambda: secrets.token_hex(8), pattern=r"^[0-9a-f]{16}$")

    @field_validator("who")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        return _checked(value, name_problem(value))

    @field_validator("note")
    @classmethod
    def _plain_note(cls, value: str) -> str:
        return _checked(value, text_problem(value))


class RunRequest(_Record):
    """``warm``: a model that is warm already, None for one to be tuned from ``original`` with the
    recipe. ``contact`` is public. ``history``: oldest first; its last state is ``state``.
    """

    schema_version: Literal["1"] = "1"
    request_id: str = Field(pattern=r"^[a-z0-9-]{1,100}$")
    state: RequestState
    original: HubModel
    warm: HubModel | None
    requester: str = Field(min_length=1, max_length=200)
    contact: str = Field(min_length=1, max_length=200)
    history: tuple[Change, ...] = Field(min_length=1, max_length=1_000)

    @field_validator("requester", "contact")
    @classmethod
    def _plain_text(cls, value: str) -> str:
        return _checked(value, name_problem(value))

    @model_validator(mode="after")
    def _last_state_is_the_state(self) -> Self:
        if self.history[-1].state is not self.state:
            raise ValueError(f"state is {self.state}, but history ends {self.history[-1].state}")
        return self

    @classmethod
    def new(
        cls, original: HubModel, warm: HubModel | None, requester: str, contact: str, when: datetime
    ) -> Self:
        """A new request, waiting. Raises pydantic's ``ValidationError``."""
        name = original.model_id.rpartition("/")[2].lower()
        slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:80] or "model"
        return cls(
            request_id=f"{slug}-{secrets.token_hex(4)}",
            state=RequestState.WAITING,
            original=original,
            warm=warm,
            requester=requester,
            contact=contact,
            history=(Change(state=RequestState.WAITING, who=requester, when=when),),
        )

    def advanced(self, state: RequestState, who: str, when: datetime, note: str = "") -> Self:
        """The same request after one more step."""
        change = Change(state=state, who=who, when=when, note=note)
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**values, "state": state, "history": (*self.history, change)})

    @property
    def requested_at(self) -> datetime:
        return self.history[0].when

    @property
    def last(self) -> Change:
        """The step that led to the current state."""
        return self.history[-1]

    @property
    def pair(self) -> tuple[str, str | None]:
        """The ids of the models, as the Hub compares them."""
        warm = self.warm.model_id.lower() if self.warm else None
        return self.original.model_id.lower(), warm


def _checked(value: str, problem: str | None) -> str:
    if problem:
        raise ValueError(problem)
    return value
