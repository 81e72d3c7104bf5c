"""Which rows an address shows, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.leaderboard.synthetic import synthetic_board
from warmbench.records.estimate import Estimate
from warmbench.records.study import Treatment
from warmbench.submission.bundle.submission import Access
from warmbench_leaderboard.index.board import Badge, Board, Entry, KnownMeasure, Rank
from warmbench_leaderboard.site.views.column import COLUMNS
from warmbench_leaderboard.site.views.leaderboard import PAGE_ROWS, leaderboard, sorted_entries
from warmbench_leaderboard.site.views.table_state import TableState
from warmbench_leaderboard.site.views.version_ranking import board_majors

BOARD = synthetic_board(200, seed=3)


def shown(board: Board, state: TableState) -> list[Entry]:
    return [row.entry for section in leaderboard(board, state).sections for row in section.rows]


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({"treatment": Treatment.FINE_TUNE}, lambda e: e.treatment is Treatment.FINE_TUNE),
        ({"access": Access.API}, lambda e: e.access is Access.API),
        ({"badge": Badge.PUBLISHED}, lambda e: e.badge is Badge.PUBLISHED),
        ({"judge": "reference-1"}, lambda e: e.judge == "reference-1"),
        ({"ranked_only": True}, lambda e: e.rank is not None),
        ({"search": "LLAMA"}, lambda e: "llama" in e.model.casefold()),
        ({"search": "ibrahim"}, lambda e: "Ibrahim" in e.submitter),
        ({"major": 2}, lambda e: e.major in (None, 2)),
    ],
)
def test_a_filter_shows_all_that_it_names_and_nothing_else(change, holds) -> None:  # type: ignore[no-untyped-def]
    state = replace(TableState(major=1), **change)
    view = leaderboard(BOARD, state)
    of_major = [e for e in BOARD.entries if e.major in (None, state.major)]
    assert view.matches == sum(map(holds, of_major))
    assert all(map(holds, shown(BOARD, state)))
    assert shown(BOARD, state)


def test_words_must_all_be_found() -> None:
    assert leaderboard(BOARD, TableState(search="llama nonsense")).matches == 0


@pytest.mark.parametrize("column", list(COLUMNS))
@pytest.mark.parametrize("descending", [False, True])
def test_every_column_sorts_and_what_is_missing_stands_last(column: str, descending: bool) -> None:
    key = COLUMNS[column].key
    found = sorted_entries(BOARD.entries, TableState(sort=column, descending=descending))
    keys = [key(entry) for entry in found]
    known = [value for value in keys if value is not None]
    assert keys[len(known) :] == [None] * (len(keys) - len(known))
    assert known == sorted(known, reverse=descending)  # type: ignore[type-var]
    assert len(found) == len(BOARD.entries)


def test_pages_hold_all_rows_once() -> None:
    state = TableState()
    pages = leaderboard(BOARD, state).pages
    rows = [e.entry_id for page in range(1, pages + 1) for e in shown(BOARD, state.with_page(page))]
    assert len(rows) == len(set(rows)) == leaderboard(BOARD, state).matches
    assert len(shown(BOARD, state)) == PAGE_ROWS


def test_a_page_past_the_last_shows_the_last() -> None:
    view = leaderboard(BOARD, TableState(page=99_999))
    assert view.state.page == view.pages
    assert view.sections[0].rows


def test_the_newest_release_is_shown_unless_another_is_asked_for() -> None:
    assert board_majors(BOARD) == (2, 1)
    assert leaderboard(BOARD, TableState()).major == 2
    assert leaderboard(BOARD, TableState(major=1)).major == 1
    assert leaderboard(BOARD, TableState(major=77)).major == 2


def test_set_apart_published_entries_have_a_table_of_their_own() -> None:
    ours, published = leaderboard(BOARD, TableState(apart=True)).sections
    assert {row.entry.badge for row in published.rows} == {Badge.PUBLISHED}
    assert Badge.PUBLISHED not in {row.entry.badge for row in ours.rows}
    for row in (*ours.rows, *published.rows):
        rank = row.entry.rank_apart
        assert row.rank.removeprefix("=") == (str(rank.rank) if rank else "\N{EN DASH}")


def _ranked(entry: Entry, rank: Rank | None) -> Entry:
    return entry.model_copy(update={"rank": rank, "major": 1})


@pytest.mark.parametrize(
    ("ranks", "texts"),
    [
        ([Rank(rank=1, low=1, high=1), Rank(rank=2, low=2, high=2)], [("1", ""), ("2", "")]),
        (
            [Rank(rank=1, low=1, high=2), Rank(rank=1, low=1, high=2)],
            [("=1", "1 to 2"), ("=1", "1 to 2")],
        ),
        ([Rank(rank=1, low=1, high=3), None], [("1", "1 to 3"), ("\N{EN DASH}", "")]),
    ],
)
def test_ties_and_open_ranks_are_reported(
    ranks: list[Rank | None], texts: list[tuple[str, str]]
) -> None:
    pairs = zip(BOARD.entries, ranks, strict=False)
    entries = tuple(_ranked(entry, rank) for entry, rank in pairs)
    board = BOARD.model_copy(update={"entries": entries})
    rows = leaderboard(board, TableState()).sections[0].rows
    assert sorted((row.rank, row.open_ranks) for row in rows) == sorted(texts)


def test_the_small_model_that_ships_does_not_press_the_others_together() -> None:
    one, other = [entry for entry in BOARD.entries if entry.badge is Badge.VERIFIED][:2]
    far = KnownMeasure(
        loss=Estimate(value=90.0, low=88.0, high=92.0),
        original_accuracy=Estimate(95.0),
        treated_accuracy=Estimate(5.0),
    )
    reference = other.model_copy(
        update={"headline": far, "badge": Badge.REFERENCE, "major": one.major}
    )
    board = BOARD.model_copy(update={"entries": (one, reference)})
    view = leaderboard(board, TableState())
    drawings = {row.entry.badge: row.drawing for row in view.sections[0].rows}
    assert view.has_beyond
    assert "<circle" in drawings[Badge.VERIFIED]
    assert "<path" in drawings[Badge.REFERENCE]
    alone = BOARD.model_copy(update={"entries": (reference,)})
    assert not leaderboard(alone, TableState()).has_beyond


def test_an_empty_board_is_a_page_too() -> None:
    view = leaderboard(Board(revision=None, entries=(), refused=()), TableState())
    assert (view.matches, view.pages, view.majors) == (0, 1, ())
