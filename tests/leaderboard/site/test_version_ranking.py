"""Ranks within a major version: the table, the CSV, the JSON and the model page say the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.leaderboard.synthetic import synthetic_details, synthetic_entries
from warmbench.records.estimate import Estimate
from warmbench.statistics.ranks import rank_intervals
from warmbench_leaderboard.index.board import Badge, Board, Entry, KnownMeasure
from warmbench_leaderboard.index.ranking import rank_entries
from warmbench_leaderboard.services.protocols import InMemoryBoard
from warmbench_leaderboard.site.server import make_server
from warmbench_leaderboard.site.views.leaderboard import leaderboard
from warmbench_leaderboard.site.views.table_state import TableState

Row = tuple[str, float, float, int | None, str | None]
"""Name, loss, standard error, major version (None: published), why unranked."""

ROWS: list[Row] = [
    ("pub-a", 2.0, 0.1, None, None),
    ("pub-b", 9.0, 1.0, None, None),
    ("pub-c", 5.0, 0.1, None, "made colder"),
    ("old-a", 1.0, 0.1, 0, None),
    ("old-b", 9.0, 1.0, 0, None),  # a tie with pub-b
    ("old-c", 10.0, 1.0, 0, None),  # not told apart from the two
    ("old-d", 3.0, 0.1, 0, "no gain in warmth"),
    ("new-a", 0.5, 0.1, 1, None),
    ("new-b", 0.7, 0.1, 1, None),
    ("new-c", 0.9, 0.1, 1, None),
    ("new-d", 30.0, 0.1, 1, None),
]

Ranks = dict[str, tuple[int, int, int] | None]
"""Entry id -> rank, and the ranks left open from and to."""


def made(row: Row) -> Entry:
    name, loss, error, major, unranked = row
    figure = Estimate(loss, loss - 1.96 * error, loss + 1.96 * error, se=error)
    return synthetic_entries(1, seed=0)[0].model_copy(
        update={
            "entry_id": f"{name}/warm",
            "model": name,
            "headline": KnownMeasure(
                loss=figure,
                original_accuracy=Estimate(80.0),
                treated_accuracy=Estimate(80.0 - loss),
            ),
            "major": major,
            "badge": Badge.PUBLISHED if major is None else Badge.VERIFIED,
            "unranked": unranked,
        }
    )


BOARD = Board(revision=None, entries=rank_entries([made(row) for row in ROWS]), refused=())
DETAILS = {entry.entry_id: synthetic_details(entry) for entry in BOARD.entries}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(make_server(InMemoryBoard(BOARD, DETAILS)))


def wanted(major: int, belongs: Callable[[Row], bool] = lambda row: True) -> Ranks:
    """Worked out from the rows of the version alone."""
    rows = [row for row in ROWS if row[3] in (None, major) and belongs(row)]
    ranked = [row for row in rows if row[4] is None]
    found = rank_intervals([row[1] for row in ranked], [row[2] for row in ranked])
    ranks: Ranks = {f"{row[0]}/warm": None for row in rows}
    for row, each in zip(ranked, found, strict=True):
        ranks[f"{row[0]}/warm"] = (each.rank, each.low, each.high)
    return ranks


def in_table(state: TableState) -> Ranks:
    found: Ranks = {}
    for section in leaderboard(BOARD, state).sections:
        for row in section.rows:
            rank = row.rank.removeprefix("=")
            low, _, high = (row.open_ranks or f"{rank} to {rank}").partition(" to ")
            known = rank.isdigit()
            found[row.entry.entry_id] = (int(rank), int(low), int(high)) if known else None
    return found


def in_csv(client: TestClient, query: str, rank: str) -> Ranks:
    rows = csv.DictReader(io.StringIO(client.get(f"/api/board.csv{query}").text))
    return {
        row["entry_id"]: (int(row[rank]), int(row[f"{rank}_low"]), int(row[f"{rank}_high"]))
        if row[rank]
        else None
        for row in rows
    }


def in_json(entries: list[dict[str, Any]]) -> Ranks:
    ranks = {entry["entry_id"]: entry["rank"] for entry in entries}
    return {
        entry_id: (rank["rank"], rank["low"], rank["high"]) if rank else None
        for entry_id, rank in ranks.items()
    }


@pytest.mark.parametrize(("asked", "query"), [(None, ""), (1, "?major=1"), (0, "?major=0")])
def test_all_say_the_ranks_of_the_version_that_is_looked_at(
    client: TestClient, asked: int | None, query: str
) -> None:
    major = 1 if asked is None else asked
    expected = wanted(major)
    assert sorted(rank[0] for rank in expected.values() if rank)[0] == 1
    assert in_table(TableState(major=asked)) == expected
    assert in_csv(client, query, "rank") == expected
    entries = client.get(f"/api/board.json?major={major}").json()["entries"]
    assert in_json(entries) == expected
    for entry_id, rank in expected.items():
        one = client.get(f"/api/entries/{entry_id}.json{query}").json()["entry"]
        assert in_json([one]) == {entry_id: rank}
        shown = re.search(
            r"<dt>Rank</dt><dd class=\"value[^\"]*\">([^<]*)</dd>(?:<dd class=\"note\">([^<]*)<)?",
            client.get(f"/model/{entry_id}{query}").text,
        )
        assert shown
        if rank is None:
            assert shown[1] == "not ranked"
        else:
            assert shown[1] == str(rank[0])
            assert shown[2] == f"in release v{major}; 95 % interval {rank[1]} to {rank[2]}"


@pytest.mark.parametrize(("asked", "query"), [(1, "?apart=1"), (0, "?apart=1&major=0")])
def test_ranks_apart_are_those_of_the_version_too(
    client: TestClient, asked: int, query: str
) -> None:
    published = wanted(asked, lambda row: row[3] is None)
    expected = published | wanted(asked, lambda row: row[3] is not None)
    assert in_table(TableState(major=asked, apart=True)) == expected
    assert in_csv(client, query, "rank_apart") == expected


def test_ties_are_said_in_the_version_where_they_are() -> None:
    ranks = {
        major: {
            row.entry.model: (row.rank, row.open_ranks)
            for row in leaderboard(BOARD, TableState(major=major)).sections[0].rows
        }
        for major in (0, 1)
    }
    assert ranks[0]["pub-b"] == ranks[0]["old-b"] == ("=3", "3 to 5")
    assert ranks[0]["pub-a"] == ("2", "")
    assert ranks[1]["pub-a"] == ("4", "")
    assert ranks[1]["pub-b"] == ("5", "")


def test_links_keep_the_version_of_a_published_entry(client: TestClient) -> None:
    old, new = client.get("/?major=0").text, client.get("/").text
    assert 'href="/model/pub-a/warm?major=0"' in old
    assert 'href="/model/old-a/warm"' in old
    assert 'href="/api/board.json?major=0"' in old
    assert 'href="/model/pub-a/warm"' in new
    page = client.get("/model/pub-a/warm?major=0").text
    assert 'href="/api/entries/pub-a/warm.json?major=0"' in page
    assert 'href="/?major=0"' in page


@pytest.mark.parametrize("query", ["", "?major=7", "?major=x"])
def test_a_version_that_is_not_there_is_the_whole_board(client: TestClient, query: str) -> None:
    reply = client.get(f"/api/board.json{query}")
    assert Board.model_validate_json(reply.content) == BOARD
    tag = reply.headers["etag"]
    assert client.get("/api/board.json?major=0", headers={"if-none-match": tag}).status_code == 200


def test_an_entry_of_one_version_keeps_its_rank_in_the_address_of_another(
    client: TestClient,
) -> None:
    entry_id = "old-b/warm"
    one = client.get(f"/api/entries/{entry_id}.json?major=1").json()["entry"]
    assert in_json([one]) == {entry_id: wanted(0)[entry_id]}


def test_explore_shows_the_version_that_is_asked_for(client: TestClient) -> None:
    old, new = client.get("/explore?major=0").text, client.get("/explore").text
    assert "old-a, warm" in old
    assert "new-a, warm" not in old
    assert "new-a, warm" in new
    assert 'data-address="/explore?major=0"' in old
    assert '<option value="0" selected>v0</option>' in old
