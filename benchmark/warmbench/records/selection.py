"""What a run asks of its data."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from warmbench.conditions import Belief, Context
from warmbench.tasks.registry import task_of

__all__ = ["Selection"]


TaskName = Annotated[str, AfterValidator(lambda name: task_of(name).name)]


class Selection(BaseModel):
    """Tasks, contexts and beliefs (empty: all), at most ``limit`` questions a task, epochs.

    ``warmth_prompts``: at most so many prompts, beside the items, to measure warmth (0: none).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tasks: tuple[TaskName, ...] = ()
    contexts: tuple[Context, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    epochs: int = Field(default=1, ge=1)
    warmth_prompts: int = Field(default=200, ge=0)

    @property
    def is_partial(self) -> bool:
        """Whether only some items of a release are asked."""
        return bool(self.tasks or self.contexts or self.beliefs or self.limit)
