"""A request: one thing that is sent to a model."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.records.item import Message

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt for one arm. ``key`` names it in the ledger; ``seed`` is its own.

    ``block`` is its place in the plan divided by the engine's ``block_size``: engines that draw
    a whole batch from one random stream answer a block at a time, so that a run that was
    stopped and resumed draws the same answers.
    """

    key: str
    arm: str
    item_id: str
    epoch: int
    messages: tuple[Message, ...]
    temperature: float
    max_tokens: int
    top_p: float
    seed: int
    block: int = 0
