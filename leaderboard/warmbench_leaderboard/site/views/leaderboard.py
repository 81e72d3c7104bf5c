"""The leaderboard: the rows for an address, and their text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from warmbench.reporting.wording import NO_VALUE, signed
from warmbench_leaderboard.index.board import Badge, Board, Entry, Rank, Refusal
from warmbench_leaderboard.site.plots.interval_drawing import (
    Scale,
    interval_drawing,
    is_beyond,
    scale_drawing,
    scale_of,
)
from warmbench_leaderboard.site.views.column import COLUMNS, Column, interval_text
from warmbench_leaderboard.site.views.search import matching, sorted_entries
from warmbench_leaderboard.site.views.table_state import TableState
from warmbench_leaderboard.site.views.version_ranking import board_majors, version_ranking

__all__ = [
    "PAGE_ROWS",
    "Leaderboard",
    "Row",
    "Section",
    "leaderboard",
]

PAGE_ROWS = 50
"""Rows on one page."""

_SHOWN_REFUSALS = 200
_MOST_JUDGES = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. ``rank``: ``=2`` where others share it. ``open_ranks``: ``1 to 3``."""

    entry: Entry
    rank: str
    open_ranks: str
    loss: str
    loss_interval: str
    drawing: Markup

    def cell(self, column: Column) -> str:
        return self.rank if column.name == "rank" else column.text(self.entry)


@dataclass(frozen=True, slots=True)
class Section:
    """A table: its title, how many rows match, and those of the page."""

    title: str
    matches: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The page. ``majors``: of the releases, newest first. ``has_beyond``: whether a loss is beyond
    the scale."""

    state: TableState
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    scale: Markup
    has_beyond: bool
    matches: int
    total: int
    pages: int
    majors: tuple[int, ...]
    major: int | None
    judges: tuple[str, ...]
    refused: tuple[Refusal, ...]
    refused_total: int

    @property
    def summary(self) -> str:
        """How many entries match, for the line above the table and for screen readers."""
        if self.matches == self.total:
            return f"{self.total:,} {'entry' if self.total == 1 else 'entries'}"
        return f"{self.matches:,} of {self.total:,} entries"

    @property
    def is_filtered(self) -> bool:
        return self.matches != self.total


def leaderboard(board: Board, state: TableState) -> Leaderboard:
    """The page of an address. A page past the last one shows the last one."""
    ranking = version_ranking(board, state.major)
    found = sorted_entries(matching(ranking.entries, state), state)
    pages = max(1, -(-len(found) // PAGE_ROWS))
    page = min(state.page, pages)
    shown = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    scale = _scale(shown)
    return Leaderboard(
        state=replace(state, page=page, major=ranking.query_major),
        columns=tuple(COLUMNS[name] for name in state.columns),
        sections=tuple(_sections(ranking.entries, found, shown, scale, state)),
        scale=scale_drawing(scale),
        has_beyond=any(is_beyond(entry.headline.loss, scale) for entry in shown),
        matches=len(found),
        total=len(ranking.entries),
        pages=pages,
        majors=board_majors(board),
        major=ranking.major,
        judges=ranking.judges[:_MOST_JUDGES],
        refused=board.refused[:_SHOWN_REFUSALS],
        refused_total=len(board.refused),
    )


def _scale(shown: Sequence[Entry]) -> Scale:
    """Without the reference model, which loses more than any other entry and would squeeze their
    drawings together."""
    others = [entry for entry in shown if entry.badge is not Badge.REFERENCE]
    return scale_of(entry.headline.loss for entry in others or shown)


def _sections(
    of_major: Sequence[Entry],
    found: Sequence[Entry],
    shown: Sequence[Entry],
    scale: Scale,
    state: TableState,
) -> Iterator[Section]:
    shared = _shared_ranks(of_major, state)

    def section(title: str, published: bool | None) -> Section:
        def belongs(entry: Entry) -> bool:
            return published is None or (entry.badge is Badge.PUBLISHED) is published

        rows = (
            Row(
                entry,
                *_rank_texts(entry, state, shared),
                signed(entry.headline.loss.value),
                interval_text(entry.headline.loss),
                interval_drawing(entry.headline.loss, scale),
            )
            for entry in shown
            if belongs(entry)
        )
        return Section(title, sum(map(belongs, found)), tuple(rows))

    if state.apart:
        yield section("Run with WarmBench", False)
        yield section("From published tables", True)
    else:
        yield section("", None)


def _rank_of(entry: Entry, state: TableState) -> Rank | None:
    return entry.rank_apart if state.apart else entry.rank


def _shared_ranks(entries: Iterable[Entry], state: TableState) -> set[tuple[bool, int]]:
    """The ranks that more than one entry has: the ties."""
    counts = Counter(
        (state.apart and entry.badge is Badge.PUBLISHED, rank.rank)
        for entry in entries
        if (rank := _rank_of(entry, state))
    )
    return {place for place, count in counts.items() if count > 1}


def _rank_texts(entry: Entry, state: TableState, shared: set[tuple[bool, int]]) -> tuple[str, str]:
    rank = _rank_of(entry, state)
    if rank is None:
        return NO_VALUE, ""
    tied = (state.apart and entry.badge is Badge.PUBLISHED, rank.rank) in shared
    left_open = f"{rank.low} to {rank.high}" if rank.low != rank.high else ""
    return f"{'=' if tied else ''}{rank.rank}", left_open
