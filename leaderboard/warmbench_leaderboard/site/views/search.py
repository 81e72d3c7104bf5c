"""Finding an entry by what a person typed: its id, or words of its name."""

from __future__ import annotations

from warmbench_leaderboard.index.board import Board, Entry
from warmbench_leaderboard.site.views.leaderboard import matching, sorted_entries
from warmbench_leaderboard.site.views.table_state import LONGEST_SEARCH, TableState

__all__ = ["MOST_CHOICES", "entries_for", "entry_title", "suggestions"]

MOST_CHOICES = 50
"""Entries that a list of choices holds at most."""


def suggestions(board: Board, text: str) -> list[Entry]:
    """The entries that the words of ``text`` fit, ranked first, at most ``MOST_CHOICES``."""
    state = TableState(search=text.strip()[:LONGEST_SEARCH])
    return sorted_entries(matching(board.entries, state), state)[:MOST_CHOICES]


def entries_for(board: Board, text: str) -> list[Entry]:
    """One entry where ``text`` is its id or fits it alone; else all that it fits, maybe none."""
    exact = [entry for entry in board.entries if entry.entry_id == text]
    return exact or suggestions(board, text)


def entry_title(entry: Entry) -> str:
    """What tells an entry from the others of its model: ``GPT-4o, warm by fine tune``."""
    return f"{entry.model}, {entry.arm} by {entry.treatment.value.replace('-', ' ')}"
