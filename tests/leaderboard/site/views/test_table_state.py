"""The state of the table and its address are the same thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from warmbench.records.study import Treatment
from warmbench.submission.bundle.submission import Access
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.site.views.column import COLUMNS, DEFAULT_COLUMNS, FIXED_COLUMNS
from warmbench_leaderboard.site.views.table_state import TableState, table_state


def _columns(chosen: set[str]) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if name in FIXED_COLUMNS or name in chosen)


STATES = st.builds(
    TableState,
    search=st.text(st.characters(exclude_categories=["Cs"]), max_size=100).map(str.strip),
    treatment=st.none() | st.sampled_from(Treatment),
    access=st.none() | st.sampled_from(Access),
    badge=st.none() | st.sampled_from(Badge),
    judge=st.sampled_from(["", "reference-1", "llm:gpt-4o & more"]),
    ranked_only=st.booleans(),
    apart=st.booleans(),
    major=st.none() | st.integers(0, 99),
    sort=st.sampled_from(list(COLUMNS)),
    descending=st.booleans(),
    columns=st.sets(st.sampled_from(list(COLUMNS))).map(_columns),
    page=st.integers(1, 9_999),
)


@given(STATES)
def test_an_address_restores_its_state(state: TableState) -> None:
    assert table_state(QueryParams(state.query().removeprefix("?"))) == state


@given(st.text(max_size=300))
def test_no_address_is_an_error(query: str) -> None:
    assert isinstance(table_state(QueryParams(query)), TableState)


@pytest.mark.parametrize(
    "query",
    ["", "sort=nonsense", "page=0", "page=-1", "page=9999999", "page=x", "treatment=magic",
     "badge=gold", "major=one", "unknown=1", "ranked=yes", "order=sideways"],
)  # fmt: skip
def test_what_is_not_known_is_left_out(query: str) -> None:
    assert table_state(QueryParams(query)) == TableState()


@pytest.mark.parametrize(
    ("state", "column", "address"),
    [
        (TableState(), "plain", "?sort=plain"),
        (TableState(), "date", "?sort=date"),
        (TableState(sort="plain"), "plain", "?sort=plain&order=down"),
        (TableState(sort="date", descending=True), "date", "?sort=date&order=up"),
        (TableState(sort="plain", descending=True), "plain", "?sort=plain"),
        (TableState(page=4, search="llama"), "model", "?q=llama&sort=model"),
        (TableState(), "rank", "?order=down"),
    ],
)
def test_a_head_sorts_and_then_turns_around(state: TableState, column: str, address: str) -> None:
    assert state.sorted_by(column) == address


def test_the_usual_state_has_an_empty_address() -> None:
    assert TableState().query() == "?"
    assert TableState().columns == DEFAULT_COLUMNS
