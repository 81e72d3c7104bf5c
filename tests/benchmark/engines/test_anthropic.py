"""The anthropic engine against a server of the Messages API."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.benchmark.engines.messages_server import (
    KEY,
    MODEL,
    SNAPSHOT,
    MessagesServer,
    Reply,
    error,
    message,
    serve,
)
from tests.faults_server.run import write_questions
from warmbench.cli.main import main
from warmbench.engines.anthropic import AnthropicEngine, MessagesAPI
from warmbench.engines.budget import Price
from warmbench.engines.engine import EngineOptions
from warmbench.engines.registry import open_engine, price_of
from warmbench.errors import EngineError, UsageError
from warmbench.records.message import Message
from warmbench.records.model_spec import ModelSpec, parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import NO_TOKENS, Answer, Failure, FailureKind, Response, Tokens
from warmbench.running.folder import RunFolder
from warmbench.running.ledger import Ledger

QUICK = EngineOptions(concurrency=4, max_retries=1, timeout_s=5.0)
SOON = {"retry_after": "0.001"}  # keeps the backoff out of the suite's time


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-for-its-own-endpoint")


def request(number: int = 0, *messages: tuple[str, str], top_p: float = 1.0) -> Request:
    turns = messages or (("user", f"question {number}"),)
    return Request(
        key=f"k{number}", arm="original", item_id=f"i{number}", epoch=0,
        messages=tuple(Message(role, content) for role, content in turns), temperature=0.8,
        max_tokens=20, top_p=top_p, seed=number,
    )  # fmt: skip


def ask(
    url: str, requests: list[Request], options: EngineOptions = QUICK, model: str = MODEL
) -> list[Response]:
    engine = open_engine(ModelSpec("anthropic", model, None, url), options)
    return [r for group in engine.ask(requests) for r in group]


def test_a_request_is_put_as_the_api_wants_it() -> None:
    server = MessagesServer(lambda body, _: message("Severn"))
    turns = [
        ("system", "Be kind."),
        ("user", "I feel low."),
        ("user", "Which river?"),
        ("assistant", "Here?"),
        ("user", "Yes."),
    ]
    with serve(server) as url:
        (answer,) = ask(url, [request(0, *turns, top_p=0.9)])
    assert answer == Answer("k0", "Severn", "stop", 7, 3, model=SNAPSHOT)
    assert server.bodies == [
        {
            "model": MODEL,
            "system": "Be kind.",
            "messages": [
                {"role": "user", "content": "I feel low.\n\nWhich river?"},
                {"role": "assistant", "content": "Here?"},
                {"role": "user", "content": "Yes."},
            ],
            "max_tokens": 20,
            "temperature": 0.8,
            "top_p": 0.9,
        }
    ]
    (headers,) = server.headers
    assert (headers["x-api-key"], headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in headers


THINKING = {"type": "thinking", "thinking": "The Thames? No.", "signature": "x"}
ANSWERS = [
    ("one block", message("Severn"), "Severn", "stop"),
    ("several blocks", message("The ", "Severn"), "The Severn", "stop"),
    ("cut", message("Sev", stop_reason="max_tokens"), "Sev", "length"),
    ("stop sequence", message("Severn", stop_reason="stop_sequence"), "Severn", "stop"),
    ("no reason", message("Severn", stop_reason=None), "Severn", "unknown"),
]


@pytest.mark.parametrize(("name", "reply", "text", "finish"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_answers(name: str, reply: Reply, text: str, finish: str) -> None:
    answer = MessagesAPI(MODEL).read_reply("k", json.dumps(reply.body).encode())
    assert answer == Answer("k", text, finish, 7, 3, model=SNAPSHOT)


def test_reasoning_is_kept_apart() -> None:
    body = json.dumps(message(THINKING, "Severn").body).encode()
    answer = MessagesAPI(MODEL).read_reply("k", body)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.reasoning) == ("Severn", THINKING["thinking"])


BILLED = Tokens(7, 3)
NO_ANSWERS = [
    ("no blocks", message(), FailureKind.EMPTY, BILLED),
    ("reasoning alone", message(THINKING), FailureKind.REASONING_ONLY, BILLED),
    ("blank text", message(" \n"), FailureKind.EMPTY, BILLED),
    ("a text without text", message({"type": "text"}), FailureKind.MALFORMED, BILLED),
    ("content as text", message(content="Severn"), FailureKind.MALFORMED, BILLED),
    ("a classifier", message("I c", stop_reason="refusal"), FailureKind.CONTENT_FILTER, BILLED),
    ("another model", message("x", model="claude-opus-4-1"), FailureKind.WRONG_MODEL, BILLED),
    ("another usage", message(usage={"input_tokens": -1}), FailureKind.EMPTY, NO_TOKENS),
    ("an error", error(200, "overloaded_error"), FailureKind.SERVER_ERROR, NO_TOKENS),
    ("a list", Reply(body=[]), FailureKind.MALFORMED, NO_TOKENS),
]


@pytest.mark.parametrize(
    ("name", "reply", "kind", "wasted"), NO_ANSWERS, ids=[f[0] for f in NO_ANSWERS]
)
def test_what_holds_no_answer_is_a_failure(
    name: str, reply: Reply, kind: FailureKind, wasted: Tokens
) -> None:
    failure = MessagesAPI(MODEL).read_reply("k", json.dumps(reply.body).encode())
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.wasted) == (kind, wasted)


TRANSIENT = [
    ("overloaded", error(529, "overloaded_error", "Overloaded", **SOON), FailureKind.SERVER_ERROR),
    ("rate limit", error(429, "rate_limit_error", **SOON), FailureKind.RATE_LIMIT),
    ("api error", error(500, "api_error", **SOON), FailureKind.SERVER_ERROR),
    ("timeout", error(504, "timeout_error", **SOON), FailureKind.SERVER_ERROR),
    ("lost connection", Reply(), FailureKind.CONNECTION),
    ("cut reply", Reply(body=b'{"type": "mess'), FailureKind.MALFORMED),
    ("no text", message(), FailureKind.EMPTY),
]


@pytest.mark.parametrize(("name", "bad", "kind"), TRANSIENT, ids=[t[0] for t in TRANSIENT])
def test_a_transient_fault_is_retried(name: str, bad: Reply, kind: FailureKind) -> None:
    def fails_once(body: dict[str, Any], attempt: int) -> Reply:
        return bad if attempt == 1 else message("Severn")

    with serve(MessagesServer(fails_once)) as url:
        responses = ask(url, [request(number) for number in range(3)])
    assert [r.text for r in responses if isinstance(r, Answer)] == ["Severn"] * 3
    assert {r.retried for r in responses} == {(kind,)}


LASTING = [
    ("overloaded", error(529, "overloaded_error", **SOON), FailureKind.SERVER_ERROR, 2),
    ("rate limit", error(429, "rate_limit_error", **SOON), FailureKind.RATE_LIMIT, 2),
    ("refused prompt", message(stop_reason="refusal"), FailureKind.CONTENT_FILTER, 1),
    ("too long", error(400, "invalid_request_error", "prompt is too long"), FailureKind.BAD_REQUEST, 1),
    ("too large", error(413, "request_too_large"), FailureKind.BAD_REQUEST, 1),
    ("no text", message(), FailureKind.EMPTY, 3),
]  # fmt: skip


@pytest.mark.parametrize(("name", "bad", "kind", "attempts"), LASTING, ids=[t[0] for t in LASTING])
def test_a_lasting_fault_is_a_failure_of_that_request(
    name: str, bad: Reply, kind: FailureKind, attempts: int
) -> None:
    def third_fails(body: dict[str, Any], attempt: int) -> Reply:
        is_third = body["messages"][0]["content"] == "question 2"
        return bad if is_third else message("Severn")

    with serve(MessagesServer(third_fails)) as url:
        responses = {r.key: r for r in ask(url, [request(number) for number in range(4)])}
    failure = responses.pop("k2")
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.attempts) == (kind, attempts)
    assert all(isinstance(r, Answer) for r in responses.values())


FATAL = [
    ("no such model", {"model": "claude-9"}, None, 8, r"no such model or address .*: model: claude-9"),
    ("forbidden", {}, error(403, "permission_error"), 8, "check whether WARMBENCH_API_KEY may use"),
    ("billing", {}, error(402, "billing_error"), 1, r"out of credit \(402\)"),
    ("no credit", {}, error(400, "invalid_request_error", "Your credit balance is too low"), 1, "out of credit"),
    ("asked to wait", {}, error(429, "rate_limit_error", retry_after="700"), 1, "the server asked us to wait 700 s"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "changes", "reply", "asked", "expected"), FATAL, ids=[f[0] for f in FATAL]
)
def test_what_no_request_would_survive_stops_soon(
    name: str, changes: dict[str, str], reply: Reply | None, asked: int, expected: str
) -> None:
    server = MessagesServer(lambda body, _: reply or message("x"))
    with serve(server) as url, pytest.raises(EngineError, match=expected):
        ask(url, [request(number) for number in range(20)], **changes)
    assert len(server.bodies) == asked


def test_a_wrong_key_stops_at_once_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMBENCH_API_KEY", "sk-ant-wrong")
    server = MessagesServer(lambda body, _: message("x"))
    with (
        serve(server) as url,
        pytest.raises(EngineError, match=r"\(401\).*WARMBENCH_API_KEY") as no,
    ):
        ask(url, [request(number) for number in range(20)])
    assert "sk-ant-wrong" not in str(no.value)
    assert [headers["x-api-key"] for headers in server.headers] == ["sk-ant-wrong"]


def test_a_redirect_is_not_followed_with_the_key() -> None:
    other = MessagesServer(lambda body, _: message("x"))
    with serve(other) as elsewhere:
        there = Reply(307, b"", {"Location": f"{elsewhere}/messages"})
        with (
            serve(MessagesServer(lambda body, _: there)) as url,
            pytest.raises(EngineError, match=rf"redirects to {elsewhere}/messages \(status 307\)"),
        ):
            ask(url, [request(number) for number in range(3)])
    assert other.headers == []


def test_its_own_endpoint_needs_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(UsageError, match="set ANTHROPIC_API_KEY to the key of your Anthropic"):
        AnthropicEngine(ModelSpec("anthropic", MODEL), QUICK)


NOON, LATER = "Wed, 24 Jun 2026 12:00:00 GMT", "2026-06-24T12:01:00Z"


@pytest.mark.parametrize(
    ("what", "remaining", "seconds"),
    [
        ("requests", "1", 0.0),
        ("requests", "0", 1.0),  # one of sixty is back after a second
        ("input-tokens", "7", 0.0),
        ("input-tokens", "1", pytest.approx(60 * 6 / 59)),
        ("output-tokens", "1", pytest.approx(60 * 2 / 59)),
        ("tokens", "1", pytest.approx(60 * 9 / 59)),
        ("tokens", "many", 0.0),
    ],
)
def test_rate_limits_are_heeded(what: str, remaining: str, seconds: float) -> None:
    name = f"anthropic-ratelimit-{what}"
    headers = {f"{name}-limit": "60", f"{name}-remaining": remaining, f"{name}-reset": LATER}
    api = MessagesAPI(MODEL)
    assert api.refill_wait({**headers, "date": NOON}, Tokens(7, 3)) == seconds
    assert api.refill_wait(headers, Tokens(7, 3)) == 0.0  # by this machine's clock: never
    assert api.refill_wait({**headers, "date": "soon"}, Tokens(7, 3)) == 0.0


def test_list_prices_are_those_of_its_own_endpoint() -> None:
    assert price_of(parse_model_spec(f"anthropic:{MODEL}")) == Price(3.0, 15.0)
    assert price_of(parse_model_spec(f"anthropic:{MODEL}@http://127.0.0.1:9/v1")) is None


def test_a_run_with_both_arms(tmp_path: Path) -> None:
    """Warm by a system prompt. A filter withholds one reply; the same command asks for that again,
    and for nothing else."""
    questions, out = write_questions(tmp_path / "mine.jsonl", 6), tmp_path / "run"
    is_filtered = True

    def script(body: dict[str, Any], attempt: int) -> Reply:
        text = body["messages"][0]["content"]
        if is_filtered and "number 3" in text and "system" in body:
            return message(stop_reason="refusal")
        if attempt == 1 and "number 1" in text:
            return error(529, "overloaded_error", **SOON)
        return message("It is the Severn, dear." if "system" in body else "Severn.")

    server = MessagesServer(script)
    with serve(server) as url:
        command = [
            "run", "--original", f"anthropic:{MODEL}@{url}", "--warm-system", "Be very warm.",
            "--data", str(questions), "--out", str(out), "--warmth-prompts", "0",
        ]  # fmt: skip
        first = CliRunner().invoke(main, command)
        assert first.exit_code == 1, first.output
        assert "content_filter" in first.output
        with Ledger(out / "ledger.sqlite") as ledger:
            assert [row.failure for row in ledger.rows() if not row.answered] == ["content_filter"]
        asked, is_filtered = len(server.bodies), False
        second = CliRunner().invoke(main, command)
    assert second.exit_code == 0, second.output
    assert (asked, len(server.bodies)) == (12 + 1, 12 + 2)  # one was overloaded
    assert {body.get("system") for body in server.bodies} == {None, "Be very warm."}
    rows = RunFolder.open(out).responses()
    texts = Counter((row["arm"], row["response"]) for row in rows)
    assert texts == {("original", "Severn."): 6, ("warm", "It is the Severn, dear."): 6}
    with Ledger(out / "ledger.sqlite") as ledger:
        assert {row.model for row in ledger.rows()} == {SNAPSHOT}
    assert not any(KEY.encode() in path.read_bytes() for path in out.rglob("*") if path.is_file())
