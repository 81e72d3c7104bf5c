"""Every page over HTTP: hostile names are text, addresses are canonical, errors are sentences."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.leaderboard.synthetic import HOSTILE, synthetic_board, synthetic_details
from warmbench_leaderboard.index.board import Badge, Board, Details
from warmbench_leaderboard.services.protocols import InMemoryBoard
from warmbench_leaderboard.site.server import make_server

BOARD = synthetic_board(120, seed=5)
DETAILS: dict[str, Details] = {e.entry_id: synthetic_details(e) for e in BOARD.entries}
AGE = "The submissions can't be reached; this board is 3 hours old."
HOSTILE_ENTRIES = [e for e in BOARD.entries if e.model in HOSTILE]
FIRST, SECOND = BOARD.entries[:2]


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(make_server(InMemoryBoard(BOARD, DETAILS, AGE)))


PAGES = [
    "/",
    "/?apart=1",
    "/?q=zzz",
    "/?show=&sort=size&order=down",
    "/explore",
    "/explore?q=zzz",
    f"/explore?entry={FIRST.entry_id}",
    "/compare",
    "/compare?entry=llama&entry=zzz",
    f"/compare?entry={FIRST.entry_id}",
    f"/compare?entry={FIRST.entry_id}&entry={SECOND.entry_id}",
    f"/model/{FIRST.entry_id}",
    "/cite",
    "/about",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_whole_and_says_how_old_it_is(client: TestClient, address: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 200
    assert reply.text.count("<h1") == 1
    assert "3 hours old" in reply.text
    assert reply.text.rstrip().endswith("</html>")
    policy = reply.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", PAGES)
def test_a_page_names_no_other_host_but_in_links(client: TestClient, address: str) -> None:
    text = client.get(address).text
    loaded = re.findall(r'<(?:script|link|img|iframe|source)[^>]*(?:src|href)="([^"]*)"', text)
    assert loaded
    assert all(each.startswith("/site/") for each in loaded)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("entry", HOSTILE_ENTRIES[:6], ids=lambda entry: entry.entry_id)
def test_a_hostile_name_is_text(client: TestClient, entry) -> None:  # type: ignore[no-untyped-def]
    for address in (
        f"/model/{entry.entry_id}",
        f"/explore?entry={entry.entry_id}",
        f"/compare?entry={entry.entry_id}&entry={FIRST.entry_id}",
        f"/?q={entry.entry_id.split('/')[0]}&major={entry.major or 1}",
    ):
        text = client.get(address).text
        assert "<script>document" not in text
        assert "\u202e" not in text
        assert 'src="https://evil' not in text


@pytest.mark.parametrize("sent", ['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>"])
def test_what_is_typed_is_text(client: TestClient, sent: str) -> None:
    for address in ("/", "/explore", "/compare"):
        name = "entry" if address == "/compare" else "q"
        text = client.get(address, params={name: sent, "judge": sent}).text
        assert sent not in text
        assert "<img" not in text


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("/?page=1&sort=rank&q=", "/"),
        ("/?treatment=fine-tune&unknown=1", "/?treatment=fine-tune"),
        ("/?major=1&page=9999", "/?major=1&page=3"),
        (f"/compare?entry={FIRST.model}", f"/compare?entry={FIRST.entry_id.replace('/', '%2F')}"),
        ("/compare?entry=&entry=", "/compare"),
    ],
)
def test_a_page_knows_its_address(client: TestClient, asked: str, address: str) -> None:
    text = client.get(asked).text
    found = re.search(r'data-address="([^"]*)"', text)
    assert found
    assert found[1].replace("&amp;", "&") == address


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/nothing", "This page does not exist."),
        ("/model/none/warm", "none/warm: no such entry on the board"),
        ("/explore?entry=none", "none: no such entry on the board"),
        ("/site/../board.py", "This page does not exist."),
        ("/site/secrets.txt", "This page does not exist."),
    ],
)
def test_what_is_not_there_is_reported(client: TestClient, address: str, sentence: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 404
    assert sentence in reply.text
    assert "Traceback" not in reply.text


def test_unranked_entries_say_why_and_refused_ones_are_listed(client: TestClient) -> None:
    text = client.get("/?major=1&sort=rank&order=down&page=3").text + client.get("/?page=2").text
    reasons = {e.unranked for e in BOARD.entries if e.unranked and e.major in (None, 2)}
    assert reasons
    assert any(f"Not ranked. {reason}" in text for reason in reasons)
    for refusal in BOARD.refused:
        assert refusal.submission in text
        assert refusal.code in text


def test_a_badge_is_a_word_and_a_shape(client: TestClient) -> None:
    text = client.get("/").text
    for badge in Badge:
        found = re.search(
            rf'<span class="badge {badge.value}"><svg.*?</svg>{badge.value}</span>', text, re.S
        )
        assert found


def test_an_empty_board_is_a_page() -> None:
    empty = InMemoryBoard(Board(revision=None, entries=(), refused=()))
    client = TestClient(make_server(empty))
    for address in ("/", "/explore", "/compare", "/cite"):
        assert client.get(address).status_code == 200


def test_a_form_that_is_not_there_yet_says_so(client: TestClient) -> None:
    reply = client.get("/submit")
    assert reply.status_code == 503
    assert "The form is loading" in reply.text
