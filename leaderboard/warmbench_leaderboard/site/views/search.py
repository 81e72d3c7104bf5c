"""Search: the entries that match filters or typed words, in the order of the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

from warmbench_leaderboard.index.board import Board, Entry
from warmbench_leaderboard.site.views.column import COLUMNS
from warmbench_leaderboard.site.views.table_state import LONGEST_SEARCH, TableState

__all__ = ["MOST_SUGGESTIONS", "entries_for", "matching", "sorted_entries", "suggestions"]

MOST_SUGGESTIONS = 50


def matching(entries: Iterable[Entry], state: TableState) -> list[Entry]:
    """The entries that match all filters. Every word of the search must occur in the name of the
    model, the submitter, the judge or the treatment."""
    words = state.search.casefold().split()
    return [entry for entry in entries if _passes(entry, state) and _contains(entry, words)]


def _passes(entry: Entry, state: TableState) -> bool:
    return (
        (state.treatment is None or entry.treatment is state.treatment)
        and (state.access is None or entry.access is state.access)
        and (state.badge is None or entry.badge is state.badge)
        and (not state.judge or entry.judge == state.judge)
        and (not state.ranked_only or entry.rank is not None)
    )


def _contains(entry: Entry, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = f"{entry.model} {entry.arm} {entry.treatment.value} {entry.submitter} {entry.judge}"
    folded = text.casefold()
    return all(word in folded for word in words)


def sorted_entries(entries: Iterable[Entry], state: TableState) -> list[Entry]:
    """By the chosen column, then by loss and id; entries without a value come last in both
    directions."""
    key = COLUMNS[state.sort].key
    by_loss = sorted(entries, key=lambda entry: (entry.headline.loss.value, entry.entry_id))
    keyed = [(key(entry), entry) for entry in by_loss]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=itemgetter(0), reverse=state.descending)
    return [entry for _, entry in known] + [entry for found, entry in keyed if found is None]


def suggestions(board: Board, text: str) -> list[Entry]:
    """The entries that match the words of ``text``, at most ``MOST_SUGGESTIONS``."""
    state = TableState(search=text.strip()[:LONGEST_SEARCH])
    return sorted_entries(matching(board.entries, state), state)[:MOST_SUGGESTIONS]


def entries_for(board: Board, text: str) -> list[Entry]:
    """The entry with the id ``text``, else all that match its words."""
    exact = [entry for entry in board.entries if entry.entry_id == text]
    return exact or suggestions(board, text)
