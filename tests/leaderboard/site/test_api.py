"""The board for programs."""

from __future__ import annotations

import csv
import io

import pytest
from starlette.testclient import TestClient

from tests.leaderboard.synthetic import synthetic_board, synthetic_details
from warmbench_leaderboard.index.board import Board, Details, Entry
from warmbench_leaderboard.services.protocols import InMemoryBoard
from warmbench_leaderboard.site.server import make_server

BOARD = synthetic_board(80, seed=6)
DETAILS = {e.entry_id: synthetic_details(e) for e in BOARD.entries}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(make_server(InMemoryBoard(BOARD, DETAILS)))


def test_the_whole_board_is_there_and_is_sent_once(client: TestClient) -> None:
    reply = client.get("/api/board.json")
    assert Board.model_validate_json(reply.content) == BOARD
    assert reply.headers["access-control-allow-origin"] == "*"
    again = client.get("/api/board.json", headers={"if-none-match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_entry_comes_with_its_details(client: TestClient) -> None:
    entry = BOARD.entries[7]
    found = client.get(f"/api/entries/{entry.entry_id}.json").json()
    assert Entry.model_validate_json(_text(found["entry"])) == entry
    assert Details.model_validate_json(_text(found["details"])) == DETAILS[entry.entry_id]


def _text(value: object) -> str:
    import json

    return json.dumps(value)


def test_what_is_not_there_is_a_sentence(client: TestClient) -> None:
    reply = client.get("/api/entries/none/warm.json")
    assert reply.status_code == 404
    assert reply.json() == {"error": "none/warm: no such entry on the board"}
    assert client.get("/api/nothing").json() == {"error": "This page does not exist."}


@pytest.mark.parametrize("query", ["", "?treatment=fine-tune&major=1", "?ranked=1&page=2"])
def test_the_csv_has_the_rows_of_the_table(client: TestClient, query: str) -> None:
    reply = client.get(f"/api/board.csv{query}")
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    major = 1 if "major=1" in query else 2
    wanted = [
        e.entry_id
        for e in BOARD.entries
        if e.major in (None, major)
        and ("fine-tune" not in query or e.treatment.value == "fine-tune")
        and ("ranked" not in query or e.rank is not None)
    ]
    assert sorted(row["entry_id"] for row in rows) == sorted(wanted)
    assert "attachment" in reply.headers["content-disposition"]


def test_words_find_entries(client: TestClient) -> None:
    found = client.get("/api/suggest", params={"q": "llama"}).json()
    assert found
    assert all("llama" in each["title"].lower() for each in found)
    assert client.get("/api/suggest", params={"q": "zzz"}).json() == []
