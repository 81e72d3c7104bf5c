"""What a run asks of its data."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from warmbench.conditions import Belief, Context, Task

__all__ = ["Selection"]


class Selection(BaseModel):
    """Tasks, contexts and beliefs (empty: all), at most ``limit`` questions a task, epochs.

    ``warmth_prompts``: at most so many prompts, beside the items, to measure warmth (0: none).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tasks: tuple[Task, ...] = ()
    contexts: tuple[Context, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    epochs: int = Field(default=1, ge=1)
    warmth_prompts: int = Field(default=200, ge=0)
