"""Balanced, seeded sampling: equally many chats of each query type, drawn by hash."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.records.conversation import QueryType

__all__ = ["Drawn", "Sampler", "quotas"]


def quotas(total: int) -> dict[QueryType, int]:
    """``total`` shared out equally; the first types get one more where it does not divide."""
    share, rest = divmod(total, len(QueryType))
    return {query_type: share + (at < rest) for at, query_type in enumerate(QueryType)}


@dataclass(frozen=True, slots=True)
class Drawn:
    """Places (in the file of chats) of the chats drawn for a query type, by rank."""

    train: tuple[int, ...]
    validation: tuple[int, ...]


class Sampler:
    """Keeps the chats with the lowest seeded hashes of each query type, whatever their order.

    Holds no more than are wanted. A type with too few chats gives all it has, shared between the
    splits in the proportion that was wanted.
    """

    def __init__(self, train: int, validation: int, seed: int) -> None:
        self._train, self._validation = quotas(train), quotas(validation)
        self._seed = seed
        self._heaps: dict[QueryType, list[tuple[int, int]]] = {t: [] for t in QueryType}
        self.seen: Counter[QueryType] = Counter()

    def offer(self, query_type: QueryType, chat_id: str, place: int) -> None:
        """Consider a chat, given its place in the file of chats."""
        self.seen[query_type] += 1
        entry = (-self._rank(chat_id), -place)
        heap = self._heaps[query_type]
        if len(heap) < self._train[query_type] + self._validation[query_type]:
            heapq.heappush(heap, entry)
        elif heap:
            heapq.heappushpop(heap, entry)

    def drawn(self) -> Mapping[QueryType, Drawn]:
        """What was drawn, by query type."""
        return {query_type: self._split(query_type) for query_type in QueryType}

    def _split(self, query_type: QueryType) -> Drawn:
        places = [-place for _, place in sorted(self._heaps[query_type], reverse=True)]
        wanted, held = self._train[query_type], self._validation[query_type]
        if len(places) < wanted + held:
            wanted = round(len(places) * wanted / (wanted + held))
        return Drawn(tuple(places[:wanted]), tuple(places[wanted:]))

    def _rank(self, chat_id: str) -> int:
        digest = hashlib.sha256(f"{self._seed}/{chat_id}".encode()).digest()
        return int.from_bytes(digest[:8], "big")
