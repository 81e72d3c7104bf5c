"""The plan of a run: every request and its key, in the order of asking.

The runner sends these requests, verification expects them in a bundle. Each key is hashed once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from warmbench.records.message import Message
from warmbench.records.request import Request, request_key
from warmbench.records.study import Arm, Study

__all__ = ["ArmPlan", "Askable", "KeyFunction", "Place", "request_seed"]

KeyFunction = Callable[..., str]

Place = tuple[str, str, int]
"""Item id, arm and epoch: what one row of a run is about."""


class Askable(Protocol):
    """What a run can ask: an item, or a prompt."""

    @property
    def item_id(self) -> str: ...

    @property
    def messages(self) -> tuple[Message, ...]: ...


def request_seed(seed: int, arm: str, item_id: str, epoch: int) -> int:
    """A 31-bit seed of its own for each request: arms and epochs are independent draws."""
    digest = hashlib.sha256(f"{seed}/{arm}/{item_id}/{epoch}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


@dataclass(frozen=True)
class ArmPlan:
    """All requests of one arm: every item, then every prompt, epoch by epoch.

    ``identity`` is the engine's; it goes into every key. ``key_of`` hashes a request; a test counts
    how often. Keys are kept, requests are made one at a time: a large plan need not be held.
    """

    study: Study
    arm: Arm
    identity: Mapping[str, str | None]
    items: Sequence[Askable]
    prompts: Sequence[Askable] = ()
    epochs: int = 1
    block_size: int = 1
    key_of: KeyFunction = request_key

    def __len__(self) -> int:
        return (len(self.items) + len(self.prompts)) * self.epochs

    @cached_property
    def item_keys(self) -> tuple[str, ...]:
        """The keys of ``item_requests``, in their order."""
        return tuple(self._keys(self.items))

    @cached_property
    def prompt_keys(self) -> tuple[str, ...]:
        """The keys of ``prompt_requests``, in their order."""
        return tuple(self._keys(self.prompts))

    def keys(self) -> set[str]:
        """The keys of all requests."""
        return {*self.item_keys, *self.prompt_keys}

    def item_places(self) -> Iterator[Place]:
        """What each of ``item_requests`` asks, in their order."""
        return self._places(self.items)

    def prompt_places(self) -> Iterator[Place]:
        """What each of ``prompt_requests`` asks, in their order."""
        return self._places(self.prompts)

    def requests(self) -> Iterator[Request]:
        """All requests, in the order of asking."""
        yield from self.item_requests()
        yield from self.prompt_requests()

    def item_requests(self) -> Iterator[Request]:
        return self._requests(self.items, self.item_keys, 0)

    def prompt_requests(self) -> Iterator[Request]:
        """Prompts share no block with items: these are answered alike with prompts and without."""
        blocks = -(-len(self.items) * self.epochs // self.block_size)
        return self._requests(self.prompts, self.prompt_keys, blocks)

    def _keys(self, askables: Sequence[Askable]) -> Iterator[str]:
        sampling = self.study.sampling_of(self.arm)
        for epoch, one in self._asked(askables):
            yield self.key_of(
                self.identity,
                arm=self.arm.name,
                system=self.arm.system,
                sampling=sampling,
                messages=one.messages,
                item_id=one.item_id,
                seed=self._seed(one, epoch),
                epoch=epoch,
            )

    def _requests(
        self, askables: Sequence[Askable], keys: Sequence[str], first_block: int
    ) -> Iterator[Request]:
        sampling, extras = self.study.sampling, self.arm.extras
        asked = zip(self._asked(askables), keys, strict=True)
        for place, ((epoch, one), key) in enumerate(asked):
            yield Request(
                key=key,
                arm=self.arm.name,
                item_id=one.item_id,
                epoch=epoch,
                messages=_with_system(self.arm.system, one.messages),
                temperature=sampling.temperature,
                max_tokens=sampling.max_tokens + sampling.reasoning_tokens,
                top_p=sampling.top_p,
                seed=self._seed(one, epoch),
                block=first_block + place // self.block_size,
                reasoning_tokens=sampling.reasoning_tokens,
                extras=extras,
            )

    def _places(self, askables: Sequence[Askable]) -> Iterator[Place]:
        return ((one.item_id, self.arm.name, epoch) for epoch, one in self._asked(askables))

    def _asked(self, askables: Sequence[Askable]) -> Iterator[tuple[int, Askable]]:
        return ((epoch, one) for epoch in range(self.epochs) for one in askables)

    def _seed(self, one: Askable, epoch: int) -> int:
        return request_seed(self.study.seed, self.arm.name, one.item_id, epoch)


def _with_system(system: str | None, messages: tuple[Message, ...]) -> tuple[Message, ...]:
    return messages if system is None else (Message("system", system), *messages)
