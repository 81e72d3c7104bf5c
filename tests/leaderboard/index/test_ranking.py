"""Ranks of a board: by loss within a major version, together and apart, the unranked left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leaderboard.synthetic import synthetic_entries
from warmbench.records.estimate import Estimate
from warmbench_leaderboard.index.board import Badge, Entry, KnownMeasure
from warmbench_leaderboard.index.ranking import entries_of_major, majors_of, rank_entries

Row = tuple[str, float, float, int | None, str | None]
"""Name, loss, standard error, major version (None: published), why unranked."""

FAR = [
    ("a", 9.0, 0.1, 1, None),
    ("b", 5.0, 0.1, None, None),
    ("c", 1.0, 0.1, 1, None),
    ("d", 0.0, 0.1, 1, "not warmed"),
    ("e", 3.0, 0.1, 2, None),
]


def made(rows: list[Row]) -> list[Entry]:
    model = synthetic_entries(1, seed=0)[0]
    return [
        model.model_copy(
            update={
                "entry_id": f"{name}/warm",
                "headline": KnownMeasure(
                    loss=Estimate(loss, se=error),
                    original_accuracy=Estimate(80.0),
                    treated_accuracy=Estimate(80.0 - loss),
                ),
                "major": major,
                "badge": Badge.PUBLISHED if major is None else Badge.VERIFIED,
                "unranked": unranked,
            }
        )
        for name, loss, error, major, unranked in rows
    ]


def shown(entries: tuple[Entry, ...]) -> list[tuple[str, int | None, int | None]]:
    return [
        (
            e.entry_id[0],
            e.rank.rank if e.rank else None,
            e.rank_apart.rank if e.rank_apart else None,
        )
        for e in entries
    ]


@pytest.mark.parametrize(
    ("major", "expected"),
    [
        (1, [("c", 1, 1), ("b", 2, 1), ("a", 3, 2), ("d", None, None)]),
        (2, [("e", 1, 1), ("b", 2, 1)]),
        (3, [("b", 1, 1)]),
    ],
)
def test_each_major_version_has_its_own_table(
    major: int, expected: list[tuple[str, int | None, int | None]]
) -> None:
    assert shown(entries_of_major(made(FAR), major)) == expected


def test_the_whole_board_is_in_order_and_published_ranks_are_of_the_newest_version() -> None:
    assert majors_of(made(FAR)) == [2, 1]
    assert shown(rank_entries(made(FAR))) == [
        ("c", 1, 1),
        ("e", 1, 1),
        ("b", 2, 1),
        ("a", 3, 2),
        ("d", None, None),
    ]


def test_published_entries_alone_are_ranked() -> None:
    assert shown(rank_entries(made([("b", 5.0, 0.1, None, None)]))) == [("b", 1, 1)]
    assert rank_entries([]) == ()


def test_what_cannot_be_told_apart_shares_ranks() -> None:
    entries = rank_entries(made([("a", 1.0, 1.0, 1, None), ("b", 2.0, 1.0, 1, None)]))
    assert [(e.rank and (e.rank.low, e.rank.high)) for e in entries] == [(1, 2), (1, 2)]


rows = st.lists(
    st.tuples(
        st.integers(-20, 20).map(float),
        st.integers(1, 5).map(float),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, "not warmed"]),
    ),
    max_size=8,
)


@given(rows)
def test_nothing_is_lost_and_only_the_ranked_have_ranks(
    found: list[tuple[float, float, int | None, str | None]],
) -> None:
    entries = made([(f"e{number}", *row) for number, row in enumerate(found)])
    ranked = rank_entries(entries)
    assert sorted(e.entry_id for e in ranked) == sorted(e.entry_id for e in entries)
    for entry in ranked:
        assert (entry.rank is None) == (entry.rank_apart is None) == (entry.unranked is not None)
    assert rank_entries(list(reversed(entries))) == ranked
