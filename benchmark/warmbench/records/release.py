"""Which release a run asked."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

__all__ = ["ReleaseRecord"]


class ReleaseRecord(BaseModel):
    """Which data a run asked. Answers to questions of one's own have no version; ``released`` is
    the day that its manifest gives, if it gives one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str | None
    fingerprint: str
    released: date | None = None
