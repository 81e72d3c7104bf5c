"""The plan of a run: every request, in the order of asking."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from warmbench.records.item import Message
from warmbench.records.request import Request
from warmbench.records.study import Arm, Study
from warmbench.run.ledger import request_key

__all__ = ["Askable", "iter_requests", "request_seed"]


class Askable(Protocol):
    """What a run can ask: an item, or a prompt."""

    @property
    def item_id(self) -> str: ...

    @property
    def messages(self) -> tuple[Message, ...]: ...


def iter_requests(
    study: Study,
    arm: Arm,
    identity: Mapping[str, str | None],
    items: Sequence[Askable],
    *,
    epochs: int,
    block_size: int,
    first_block: int = 0,
) -> Iterator[Request]:
    """All requests of one arm, in the order of epochs and items, one at a time: a large plan need
    not be held.

    ``identity`` is the engine's; it goes into every key. ``first_block``: the block that the first
    request belongs to, where another plan goes before.
    """
    sampling = study.sampling.model_dump()
    place = 0
    for epoch in range(epochs):
        for item in items:
            seed = request_seed(study.seed, arm.name, item.item_id, epoch)
            key = request_key(
                identity,
                arm=arm.name,
                system=arm.system,
                sampling=sampling,
                messages=item.messages,
                item_id=item.item_id,
                seed=seed,
                epoch=epoch,
            )
            yield Request(
                key=key,
                arm=arm.name,
                item_id=item.item_id,
                epoch=epoch,
                messages=_with_system(arm.system, item.messages),
                **sampling,
                seed=seed,
                block=first_block + place // block_size,
            )
            place += 1


def request_seed(seed: int, arm: str, item_id: str, epoch: int) -> int:
    """A 31-bit seed of its own for each request: arms and epochs are independent draws."""
    digest = hashlib.sha256(f"{seed}/{arm}/{item_id}/{epoch}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _with_system(system: str | None, messages: tuple[Message, ...]) -> tuple[Message, ...]:
    return messages if system is None else (Message("system", system), *messages)
