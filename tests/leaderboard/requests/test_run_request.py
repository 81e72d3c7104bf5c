"""A request as a file: what is read back, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.leaderboard.requests.queues import START, a_request
from warmbench_leaderboard.requests.request_store import LARGEST_BYTES, read_snapshot, request_bytes
from warmbench_leaderboard.requests.run_request import RequestState, RunRequest


def test_a_request_is_read_back_as_it_was_written() -> None:
    request = a_request(warm="org/warm").advanced(RequestState.TAKEN, "Bob", START, "on it")
    snapshot = read_snapshot("r", {f"{request.request_id}.json": request_bytes(request)})
    assert snapshot.requests == (request,)
    assert json.loads(request_bytes(request))["state"] == "taken"


@pytest.mark.parametrize(
    ("original", "slug"),
    [
        ("meta-llama/Llama-3.2-1B-Instruct", "llama-3-2-1b-instruct"),
        ("a/__", "model"),
        (f"a/{'x' * 96}", "x" * 80),
    ],
)
def test_the_id_tells_the_model_and_is_its_own(original: str, slug: str) -> None:
    fits = original.replace("__", "A__")
    first, second = a_request(fits), a_request(fits)
    assert first.request_id != second.request_id
    assert first.request_id.rpartition("-")[0] == (slug if slug != "model" else "a")


HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("another field", {"extra": 1}),
    ("a path as id", {"request_id": "../x"}),
    ("a script as contact", {"contact": "<script>"}),
    ("a formula as name", {"requester": "=1+1"}),
    ("right to left", {"requester": "a\u202eb"}),
    ("a state that is not the last", {"state": "done"}),
    ("no history", {"history": []}),
    ("an unknown version", {"schema_version": "2"}),
    ("a model that is none", {"original": {**a_request().original.model_dump(), "model_id": "../../x"}}),
    ("NaN", {"original": {**a_request().original.model_dump(), "parameters": float("nan")}}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change"), HOSTILE, ids=[h[0] for h in HOSTILE])
def test_a_hostile_file_is_left_out_and_hides_no_other(name: str, change: dict[str, Any]) -> None:
    good, bad = a_request(), a_request()
    content = json.dumps({**json.loads(request_bytes(bad)), **change}).encode()
    files = {f"{bad.request_id}.json": content, f"{good.request_id}.json": request_bytes(good)}
    snapshot = read_snapshot("r", files)
    assert snapshot.requests == (good,)
    assert list(snapshot.broken) == [f"{bad.request_id}.json"]


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, f"{LARGEST_BYTES:,}"), (b"\xff", "Invalid JSON"), (b"[" * 100_000, "Invalid JSON")],
    ids=["too large", "no text", "too deep"],
)
def test_what_is_no_request_is_reported(content: bytes | None, why: str) -> None:
    assert why in read_snapshot("r", {"x.json": content}).broken["x.json"]


def test_a_file_under_anothers_name_is_left_out() -> None:
    request = a_request()
    snapshot = read_snapshot("r", {"other.json": request_bytes(request)})
    assert snapshot.broken == {"other.json": f"holds the request {request.request_id}"}


def test_a_request_is_never_changed_in_place() -> None:
    request: RunRequest = a_request()
    advanced = request.advanced(RequestState.TAKEN, "Bob", START)
    assert (request.state, advanced.state) == (RequestState.WAITING, RequestState.TAKEN)
    assert advanced.history[:-1] == request.history
