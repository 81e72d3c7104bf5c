"""The plan of a run: every request, made before the first is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from warmbench.data.item import Item, Message
from warmbench.engines.engine import Request
from warmbench.ledger import request_key
from warmbench.study import Arm, Study

__all__ = ["plan_requests", "request_seed"]


def plan_requests(
    study: Study,
    arm: Arm,
    identity: Mapping[str, str | None],
    items: Sequence[Item],
    *,
    epochs: int,
    block_size: int,
) -> list[Request]:
    """All requests of one arm, in the order of epochs and items.

    ``identity`` is the engine's; it goes into every key.
    """
    sampling = study.sampling.model_dump()
    requests: list[Request] = []
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
            requests.append(
                Request(
                    key=key,
                    arm=arm.name,
                    item_id=item.item_id,
                    epoch=epoch,
                    messages=_with_system(arm.system, item.messages),
                    **sampling,
                    seed=seed,
                    block=len(requests) // block_size,
                )
            )
    return requests


def request_seed(seed: int, arm: str, item_id: str, epoch: int) -> int:
    """A 31-bit seed of its own for each request: arms and epochs are independent draws."""
    digest = hashlib.sha256(f"{seed}/{arm}/{item_id}/{epoch}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _with_system(system: str | None, messages: tuple[Message, ...]) -> tuple[Message, ...]:
    return messages if system is None else (Message("system", system), *messages)
