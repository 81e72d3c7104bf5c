"""How many changed facts the checks find: edits planted into clean rewrites, one each.

The same pairs, count and seed give the same edits on any machine: what is planted where follows
from hashes of the ids.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from warmbench_builders.sft.faithfulness.checks import CHECKS, check_rewrite
from warmbench_builders.sft.faithfulness.mismatch import Mismatch
from warmbench_builders.sft.mutations.edits import EDITS, CleanPair, EditKind, Place

__all__ = ["Alarms", "Mutant", "Recall", "count_alarms", "measure_recall", "plant"]

PLANTED = 100
"""Edits of each kind: a recall of 0.95 is then known to about four points."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rewrite with one changed fact: ``before`` stood where ``after`` stands."""

    kind: EditKind
    pair: CleanPair
    rewrite: str
    before: str
    after: str

    @property
    def mismatches(self) -> tuple[Mismatch, ...]:
        """What the checks find."""
        return check_rewrite(self.pair.original, self.rewrite, prompt=self.pair.prompt)


@dataclass(frozen=True, slots=True)
class Recall:
    """How many edits of a kind were found; ``places``: how many there are to plant them in."""

    kind: EditKind
    places: int
    planted: int
    missed: tuple[Mutant, ...]

    @property
    def caught(self) -> int:
        """How many edits some check found."""
        return self.planted - len(self.missed)

    @property
    def share(self) -> float:
        """Caught of planted, 0 to 1; 0 where nothing could be planted."""
        return self.caught / self.planted if self.planted else 0.0


@dataclass(frozen=True, slots=True)
class Alarms:
    """Mismatches found in clean rewrites: how many have any, and how many each check speaks of."""

    pairs: int
    alarmed: int
    by_check: dict[str, int]

    @property
    def share(self) -> float:
        """Rewrites with any mismatch, 0 to 1."""
        return self.alarmed / self.pairs if self.pairs else 0.0


def plant(
    kind: EditKind, pairs: Sequence[CleanPair], count: int = PLANTED, seed: int = 0
) -> tuple[list[Mutant], int]:
    """Up to ``count`` edits, each another, and the number of places.

    Each place is used once, in an order drawn by hash; then, if there are fewer, again with other
    values.
    """
    places = [
        (_rank(seed, kind, pair.pair_id, number), pair, place)
        for pair in pairs
        for number, place in enumerate(EDITS[kind](pair))
    ]
    places.sort(key=lambda drawn: drawn[0])
    rounds = max((len(place.options) for _, _, place in places), default=0)
    planted = [
        _mutant(kind, pair, place, (rank + again) % len(place.options))
        for again in range(rounds)
        for rank, pair, place in places
        if again < len(place.options)
    ]
    return planted[:count], len(places)


def measure_recall(
    pairs: Sequence[CleanPair], count: int = PLANTED, seed: int = 0
) -> tuple[Recall, ...]:
    """The recall of every kind, in the order of ``EditKind``.

    Only pairs that are clean before count: else what was there already would be taken for a find.
    """
    clean = [pair for pair in pairs if not _mismatches(pair)]
    return tuple(_recall(kind, clean, count, seed) for kind in EditKind)


def count_alarms(pairs: Iterable[CleanPair]) -> Alarms:
    """The alarms on rewrites that are held to be faithful."""
    found = [_mismatches(pair) for pair in pairs]
    checks = Counter(check for mismatches in found for check in {one.check for one in mismatches})
    return Alarms(
        pairs=len(found),
        alarmed=sum(map(bool, found)),
        by_check={name: checks[name] for name in CHECKS},
    )


def _recall(kind: EditKind, pairs: Sequence[CleanPair], count: int, seed: int) -> Recall:
    mutants, places = plant(kind, pairs, count, seed)
    missed = tuple(mutant for mutant in mutants if not mutant.mismatches)
    return Recall(kind, places, len(mutants), missed)


def _mismatches(pair: CleanPair) -> tuple[Mismatch, ...]:
    return check_rewrite(pair.original, pair.rewrite, prompt=pair.prompt)


def _mutant(kind: EditKind, pair: CleanPair, place: Place, option: int) -> Mutant:
    before, after = pair.rewrite[place.start : place.end], place.options[option]
    rewrite = pair.rewrite[: place.start] + after + pair.rewrite[place.end :]
    return Mutant(kind, pair, rewrite.rstrip(), before, after)


def _rank(*parts: object) -> int:
    line = "/".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(line.encode()).digest()[:8], "big")
