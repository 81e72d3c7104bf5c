"""The record of a run: what was asked of whom."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Study

__all__ = ["RunRecord"]


class RunRecord(BaseModel):
    """``run.json``: what two runs must share to be the same run.

    ``items`` and ``prompts`` are how many there are; ``prompt_release`` is the SFT release that
    the prompts are of.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    study: Study
    release: ReleaseRecord
    selection: Selection
    engines: dict[str, dict[str, str | None]]
    items: int
    prompts: int = 0
    prompt_release: ReleaseRecord | None = None

    @property
    def requests_per_arm(self) -> int:
        """How many requests each arm is asked."""
        return (self.items + self.prompts) * self.selection.epochs

    @property
    def closing_turns_per_arm(self) -> int:
        """How many replies each arm is asked to state, if every item has one."""
        return self.items * self.selection.epochs if self.study.closing_tokens else 0
