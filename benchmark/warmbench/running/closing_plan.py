"""The closing turns of a run: one for each item that has a reply, in the order of the plan.

A reply that failed has none. They are known only when the replies are, so they are read from the
ledger each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from warmbench.records.closing import closing_key, closing_request
from warmbench.records.request import Request
from warmbench.records.study import Arm
from warmbench.running.ledger_reader import LedgerReader
from warmbench.running.plan import ArmPlan, Place

__all__ = ["ClosingPlan"]

_AT_ONCE = 5_000


@dataclass(frozen=True)
class ClosingPlan:
    """The closing turns of one arm; ``ledger`` has its replies."""

    plan: ArmPlan
    ledger: LedgerReader

    @property
    def arm(self) -> Arm:
        return self.plan.arm

    @property
    def at_most(self) -> int:
        """How many there are if every item has a reply."""
        return len(self.plan.item_keys)

    def keys(self) -> set[str]:
        """The keys of all of them."""
        return {key for _, key in self.asked()}

    def asked(self) -> Iterator[tuple[Place, str]]:
        """What each asks, and its key."""
        places = zip(self.plan.item_places(), self.plan.item_keys, strict=True)
        while some := list(islice(places, _AT_ONCE)):
            replies = self._replies([key for _, key in some])
            for place, key in some:
                if key in replies:
                    yield place, closing_key(key, replies[key], self._max_tokens)

    def requests(self) -> Iterator[Request]:
        """All of them, in the order of asking."""
        requests = self.plan.item_requests()
        while some := list(islice(requests, _AT_ONCE)):
            replies = self._replies([request.key for request in some])
            for request in some:
                if request.key in replies:
                    yield closing_request(request, replies[request.key], self._max_tokens)

    @property
    def _max_tokens(self) -> int:
        return self.plan.study.closing_tokens

    def _replies(self, keys: list[str]) -> dict[str, str]:
        return {key: row.response or "" for key, row in self.ledger.answers(keys).items()}
