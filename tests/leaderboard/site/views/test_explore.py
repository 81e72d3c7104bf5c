"""Explore: every picture has its numbers in a table under it."""

from __future__ import annotations

import pytest

from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench_leaderboard.site.plots.interval_drawing import pictures_json
from warmbench_leaderboard.site.views.explore import (
    PANELS,
    entry_pictures,
    overview,
    without_wordings,
)
from warmbench_leaderboard.site.views.table_state import TableState

BOARD = synthetic_board(30, seed=2)


def test_panels_share_their_axes_and_hold_a_point_a_context() -> None:
    view = overview(BOARD, TableState())
    assert len(view.panels) == PANELS
    ranges = {panel.picture.figure.layout.xaxis.range for panel in view.panels}
    assert len(ranges) == 1
    for panel in view.panels:
        assert len(panel.picture.figure.data[0].x) == len(panel.entry.contexts)
        low, high = panel.picture.figure.layout.yaxis.range
        assert all(low <= y <= high for y in panel.picture.figure.data[0].y)
    assert all(len(row.cells) == PANELS for row in view.table.rows)


@pytest.mark.parametrize("entry", BOARD.entries[:4], ids=lambda entry: entry.badge.value)
def test_an_entry_has_all_its_pictures(entry) -> None:  # type: ignore[no-untyped-def]
    details = synthetic_details(entry)
    view = entry_pictures(entry, details)
    assert len(view.errors) == 4
    assert not view.heat_map.is_empty
    assert (view.dose is None) is (not details.dose_response)
    assert len(view.error_table.rows) == len(details.cells)
    data = pictures_json(view.pictures)
    assert set(data["figures"]) == {picture.key for picture in view.pictures}
    assert all("template" not in figure["layout"] for figure in data["figures"].values())


def test_wordings_are_left_out_where_their_mean_is_there() -> None:
    entry = BOARD.entries[0]
    details = synthetic_details(entry)
    first = next(cell for cell in details.cells if cell.belief == "asserts_wrong")
    both = first.model_copy(update={"belief": "present"})
    cells = (*details.cells, both)
    kept = without_wordings(cells)
    there = [c.belief for c in kept if (c.task, c.context) == (both.task, both.context)]
    assert there == ["none", "present"]
    assert len(kept) == len(cells) - 2
