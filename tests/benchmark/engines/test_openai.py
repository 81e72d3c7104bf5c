"""The openai engine against an endpoint that misbehaves in every way a real one does."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.benchmark.engines.endpoint import Endpoint, Reply, completion, serve
from warmbench.engines.engine import EngineOptions
from warmbench.engines.openai.openai_engine import OpenAIEngine
from warmbench.errors import EngineError, UsageError
from warmbench.records.message import Message
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind, Response

JSON = {"Content-Type": "application/json"}
QUICK = EngineOptions(concurrency=4, max_retries=1, timeout_s=20.0)


def make_requests(count: int) -> list[Request]:
    return [
        Request(
            key=f"k{i}", arm="original", item_id=f"i{i}", epoch=0,
            messages=(Message("user", f"question {i}"),), temperature=0.8, max_tokens=20,
            top_p=1.0, seed=i,
        )
        for i in range(count)
    ]  # fmt: skip


def ask(url: str, count: int, options: EngineOptions = QUICK) -> list[Response]:
    engine = OpenAIEngine(ModelSpec("openai", "m", None, url), options)
    return [r for group in engine.ask(make_requests(count)) for r in group]


def error(status: int, message: str = "no", **headers: str) -> Reply:
    # Retry-After-Ms keeps the client's own backoff out of the suite's time.
    body = json.dumps({"error": {"message": message}}).encode()
    return Reply(status, body, {**JSON, "Retry-After-Ms": "1", **headers})


def test_all_requests_are_answered_once_with_what_was_asked() -> None:
    endpoint = Endpoint(lambda body, _: completion("to " + body["messages"][0]["content"]))
    with serve(endpoint) as url:
        responses = ask(url, 30)
    assert sorted(r.key for r in responses) == sorted(f"k{i}" for i in range(30))
    assert all(isinstance(r, Answer) for r in responses)
    assert {r.key: r.text for r in responses if isinstance(r, Answer)}["k7"] == "to question 7"
    assert len(endpoint.bodies) == 30
    body = next(b for b in endpoint.bodies if b["messages"][0]["content"] == "question 7")
    assert (body["model"], body["temperature"], body["max_tokens"], body["seed"]) == (
        "m", 0.8, 20, 7,
    )  # fmt: skip


def test_so_many_are_asked_at_once_and_no_more() -> None:
    gate = threading.Barrier(4, timeout=10)

    def wait_for_four(body: dict[str, Any], attempt: int) -> Reply:
        if body["messages"][0]["content"] != "question 0":  # the probe is asked alone
            gate.wait()
        return completion("x")

    endpoint = Endpoint(wait_for_four)
    with serve(endpoint) as url:
        assert len(ask(url, 1 + 12)) == 13
    assert endpoint.most_at_once == 4


PASSING = [
    ("429", lambda: error(429)),
    ("500", lambda: error(500)),
    ("503", lambda: error(503)),
    ("408", lambda: error(408)),
    ("closed", lambda: Reply(body=None)),
    ("no choices", lambda: Reply(body=b'{"choices": []}', headers=JSON)),
    ("null content", lambda: completion(None)),
    ("not json", lambda: Reply(body=b'{"choices": [', headers=JSON)),
    ("another thing", lambda: Reply(body=b"<html>busy</html>", headers={"Content-Type": "text/html"})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "bad"), PASSING, ids=[p[0] for p in PASSING])
def test_a_passing_fault_is_asked_again_and_answered(name: str, bad: Any) -> None:
    def once_bad(body: dict[str, Any], attempt: int) -> Reply:
        return bad() if attempt == 1 else completion("fine")

    with serve(Endpoint(once_bad)) as url:
        responses = ask(url, 5)
    assert [r.text for r in responses if isinstance(r, Answer)] == ["fine"] * 5
    assert {r.attempts for r in responses} == {2}


LASTING = [
    ("429", lambda: error(429), FailureKind.RATE_LIMIT),
    ("500", lambda: error(500), FailureKind.SERVER_ERROR),
    ("no choices", lambda: Reply(body=b'{"choices": []}', headers=JSON), FailureKind.EMPTY),
    ("null content", lambda: completion(None), FailureKind.EMPTY),
    ("filtered", lambda: completion(None, "content_filter"), FailureKind.CONTENT_FILTER),
    ("too long", lambda: error(400, "context length exceeded"), FailureKind.BAD_REQUEST),
]  # fmt: skip


@pytest.mark.parametrize(("name", "bad", "kind"), LASTING, ids=[p[0] for p in LASTING])
def test_a_lasting_fault_of_one_request_is_a_failure_of_that_one(
    name: str, bad: Any, kind: FailureKind
) -> None:
    def third_bad(body: dict[str, Any], attempt: int) -> Reply:
        return bad() if body["messages"][0]["content"] == "question 3" else completion("fine")

    with serve(Endpoint(third_bad)) as url:
        responses = {r.key: r for r in ask(url, 6)}
    failed = responses["k3"]
    assert isinstance(failed, Failure)
    assert failed.kind is kind
    assert sum(isinstance(r, Answer) for r in responses.values()) == 5


def test_an_empty_reply_is_no_answer() -> None:
    with serve(Endpoint(lambda body, _: completion(""))) as url:
        (response,) = ask(url, 1)
    assert isinstance(response, Failure)
    assert response.kind is FailureKind.EMPTY
    assert response.attempts == 3


FATAL = [
    ("wrong key", 401, 1, r"refused the key \(401\); set WARMBENCH_API_KEY"),
    ("no credit", 402, 1, r"out of credit \(402\): no"),
    ("no right", 403, 8, r"no \(status 403\); check whether WARMBENCH_API_KEY may use"),
    ("no model", 404, 8, r"no such model or address \(not_found, 8 .*\): no \(status 404\); check"),
    (
        "refuses all",
        400,
        8,
        r"refused the request \(bad_request, 8 requests in a row\): no \(status 400\)",
    ),
    ("refuses all", 422, 8, "refused the request"),
    ("is broken", 500, 9, r"the server fails \(server_error, 3 requests in a row\): no"),
    ("is full", 429, 2, "the rate limit is reached: no"),
]


@pytest.mark.parametrize(("name", "status", "asked", "expected"), FATAL)
def test_what_no_request_would_survive_stops_soon(
    name: str, status: int, asked: int, expected: str
) -> None:
    endpoint = Endpoint(lambda body, _: error(status))
    with serve(endpoint) as url, pytest.raises(EngineError, match=expected):
        ask(url, 50, EngineOptions(concurrency=4, max_retries=status // 500 * 2 or 1))
    assert len(endpoint.bodies) == asked


def test_an_endpoint_that_is_down_is_said_quickly() -> None:
    with serve(Endpoint(lambda body, _: completion("x"))) as url:
        pass
    with pytest.raises(EngineError, match=r"can't be reached: .*; is the server running"):
        ask(url, 50)


def test_what_does_not_speak_the_api_stops_at_once() -> None:
    endpoint = Endpoint(lambda body, attempt: Reply(body=b"<html>Welcome</html>"))
    with serve(endpoint) as url, pytest.raises(EngineError, match=r"not a chat endpoint"):
        ask(url, 50)
    assert len(endpoint.bodies) < 5


def test_an_endpoint_that_goes_down_on_the_way_stops_the_run() -> None:
    def dies(body: dict[str, Any], attempt: int) -> Reply:
        number = int(body["messages"][0]["content"].split()[1])
        return completion("x") if number < 10 else Reply(body=None)

    options = EngineOptions(concurrency=2, max_retries=0, timeout_s=2.0)
    answered: list[Response] = []
    with serve(Endpoint(dies)) as url:
        engine = OpenAIEngine(ModelSpec("openai", "m", None, url), options)

        def ask_all() -> None:
            for group in engine.ask(make_requests(100)):
                answered.extend(group)

        with pytest.raises(
            EngineError, match=r"can't be reached \(connection, 5 requests in a row\)"
        ):
            ask_all()
    # The last may still be under way when the run stops.
    assert sum(isinstance(r, Answer) for r in answered) in (9, 10)


def test_a_newer_model_gets_its_own_name_for_the_length() -> None:
    def newer(body: dict[str, Any], attempt: int) -> Reply:
        if "max_tokens" in body:
            return error(400, "Unsupported parameter: use 'max_completion_tokens' instead")
        return completion("fine")

    endpoint = Endpoint(newer)
    with serve(endpoint) as url:
        assert all(isinstance(r, Answer) for r in ask(url, 5))
    assert sum("max_tokens" in body for body in endpoint.bodies) == 1


def test_the_key_for_openai_is_not_sent_elsewhere_nor_ever_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-secret")
    monkeypatch.setenv("WARMBENCH_API_KEY", "sk-other-secret")
    endpoint = Endpoint(lambda body, _: error(404, "key sk-other-secret knows no such model"))
    with serve(endpoint) as url, pytest.raises(EngineError) as failed:
        ask(url, 8)
    assert set(endpoint.keys) == {"Bearer sk-other-secret"}
    assert "sk-other-secret" not in str(failed.value)


KEY = "sk-other-secret"
SHOWING_IT = [
    ("a page", 200, f"<html>your header: Bearer {KEY}</html>"),
    ("an error with status 200", 200, json.dumps({"error": {"message": f"bad {KEY}"}})),
    ("an error that names its status", 200, json.dumps({"error": {"message": KEY, "code": 400}})),
    ("at the cut of a message", 400, json.dumps({"error": {"message": "." * 290 + KEY}})),
]


@pytest.mark.parametrize(("name", "status", "body"), SHOWING_IT, ids=[s[0] for s in SHOWING_IT])
def test_no_reply_shows_the_key(
    monkeypatch: pytest.MonkeyPatch, name: str, status: int, body: str
) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", KEY)
    endpoint = Endpoint(lambda *_: Reply(status, body.encode()))
    with serve(endpoint) as url, pytest.raises(EngineError) as failed:
        ask(url, 8)
    assert KEY[:6] not in str(failed.value)


def test_openais_own_endpoint_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match="set OPENAI_API_KEY"):
        OpenAIEngine(ModelSpec("openai", "gpt-4o"), QUICK)


def test_closing_early_leaves_no_request_behind() -> None:
    endpoint = Endpoint(lambda body, _: completion("x"))
    with serve(endpoint) as url:
        engine = OpenAIEngine(ModelSpec("openai", "m", None, url), QUICK)
        groups = engine.ask(make_requests(200))
        next(groups)
        groups.close()
    assert len(endpoint.bodies) < 200
