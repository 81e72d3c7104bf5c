"""Ranks the entries of a board by headline loss, the smallest first, with rank intervals.

Published entries have no WarmBench release; they are ranked in every major version. Losses are
treated as independent, also where models answered the same questions: see
``warmbench.statistics.ranks``. ``site.views.compare`` compares two such models question by
question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warmbench.statistics.ranks import rank_intervals
from warmbench_leaderboard.index.board import Badge, Entry, Rank

__all__ = ["entries_of_major", "majors_of", "rank_entries"]


def majors_of(entries: Iterable[Entry]) -> list[int]:
    """The major versions that have entries of their own, the newest first."""
    return sorted({entry.major for entry in entries if entry.major is not None}, reverse=True)


def rank_entries(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries with their ranks: ranked ones by loss, then the others by loss.

    A published entry gets its rank in the newest major version; ``entries_of_major`` gives its
    rank in another one.
    """
    majors: list[int | None] = [*majors_of(entries)]
    by_id: dict[str, Entry] = {}
    for major in reversed(majors or [None]):
        by_id |= {entry.entry_id: entry for entry in entries_of_major(entries, major)}
    return _sorted(by_id.values())


def entries_of_major(entries: Iterable[Entry], major: int | None) -> tuple[Entry, ...]:
    """The entries of a major version with their ranks there, in the order of ``rank_entries``;
    for None the published ones alone."""
    pool = [entry for entry in entries if entry.major in (None, major)]
    together = _ranks(pool)
    apart = _ranks([e for e in pool if e.badge is Badge.PUBLISHED]) | _ranks(
        [e for e in pool if e.badge is not Badge.PUBLISHED]
    )
    return _sorted(
        entry.model_copy(
            update={
                "rank": together.get(entry.entry_id),
                "rank_apart": apart.get(entry.entry_id),
            }
        )
        for entry in pool
    )


def _ranks(entries: Iterable[Entry]) -> dict[str, Rank]:
    ranked = [entry for entry in entries if entry.unranked is None]
    found = rank_intervals(
        [entry.headline.loss.value for entry in ranked],
        [entry.headline.loss.se for entry in ranked],
    )
    return {
        entry.entry_id: Rank(rank=each.rank, low=each.low, high=each.high)
        for entry, each in zip(ranked, found, strict=True)
    }


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(
        sorted(
            entries,
            key=lambda e: (e.unranked is not None, e.headline.loss.value, e.entry_id),
        )
    )
