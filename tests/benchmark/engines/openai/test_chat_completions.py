"""Replies: an answer is an answer, and nothing else becomes one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.engines.http.chat_api import is_same_model
from warmbench.engines.http.error_reply import error_message
from warmbench.engines.openai.chat_completions import ChatCompletions
from warmbench.records.response import NO_TOKENS, Answer, Failure, FailureKind, Tokens

read_reply = ChatCompletions("m").read_reply

USAGE = {"prompt_tokens": 7, "completion_tokens": 3}


def reply(**changes: Any) -> bytes:
    message = {"role": "assistant", "content": "Severn"}
    whole = {
        "model": "m",
        "choices": [{"message": message, "finish_reason": "stop"}],
        "usage": USAGE,
        **changes,
    }
    return json.dumps(whole).encode()


def choice(finish: str | None = "stop", **message: Any) -> list[dict[str, Any]]:
    return [{"message": message, "finish_reason": finish}]


ANSWERS = [
    ("plain", reply(), "Severn", "stop"),
    ("content in parts", reply(choices=choice(content=[{"text": "x"}])), "x", "stop"),
    ("cut at the limit", reply(choices=choice("length", content="Sev")), "Sev", "length"),
    ("no finish reason", reply(choices=choice(None, content="x")), "x", "unknown"),
    ("a refusal", reply(choices=choice(content=None, refusal="I can't.")), "I can't.", "stop"),
    ("no model's name", reply(model=None), "Severn", "stop"),
]


@pytest.mark.parametrize(("name", "body", "text", "finish"), ANSWERS, ids=[a[0] for a in ANSWERS])
def test_answers(name: str, body: bytes, text: str, finish: str) -> None:
    answer = read_reply("k", body)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.finish_reason) == (text, finish)
    assert (answer.prompt_tokens, answer.completion_tokens) == (7, 3)


BILLED = Tokens(7, 3)
FAILURES = [
    ("nothing", b"", FailureKind.MALFORMED, NO_TOKENS),
    ("a page", b"<html>busy</html>", FailureKind.MALFORMED, NO_TOKENS),
    ("cut off", reply()[:-5], FailureKind.MALFORMED, NO_TOKENS),
    ("a list", b"[]", FailureKind.MALFORMED, NO_TOKENS),
    ("deeper than can be read", b"[" * 100_000, FailureKind.MALFORMED, NO_TOKENS),
    ("no choices", reply(choices=[]), FailureKind.EMPTY, BILLED),
    ("choices of null", reply(choices=None), FailureKind.EMPTY, BILLED),
    ("an error with status 200", b'{"error": {"message": "busy"}}', FailureKind.SERVER_ERROR, NO_TOKENS),
    ("choices of another kind", reply(choices={"a": 1}), FailureKind.MALFORMED, BILLED),
    ("no message", reply(choices=[{"text": "x"}]), FailureKind.MALFORMED, BILLED),
    ("null content", reply(choices=choice(content=None)), FailureKind.EMPTY, BILLED),
    ("empty text", reply(choices=choice(content="")), FailureKind.EMPTY, BILLED),
    ("content as a number", reply(choices=choice(content=4)), FailureKind.MALFORMED, BILLED),
    ("filtered", reply(choices=choice("content_filter", content="Sev")), FailureKind.CONTENT_FILTER, BILLED),
    ("another model", reply(model="n"), FailureKind.WRONG_MODEL, BILLED),
    ("usage of nonsense", reply(choices=[], usage={"prompt_tokens": "7"}), FailureKind.EMPTY, NO_TOKENS),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body", "kind", "lost"), FAILURES, ids=[f[0] for f in FAILURES])
def test_failures(name: str, body: bytes, kind: FailureKind, lost: Tokens) -> None:
    failure = read_reply("k", body)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.wasted, failure.key) == (kind, lost, "k")


@given(st.binary(max_size=200))
def test_no_body_breaks_it_and_no_noise_is_an_answer(body: bytes) -> None:
    assert isinstance(read_reply("k", body), Failure)


@given(cut=st.integers(0, len(reply()) - 1))
def test_a_reply_cut_anywhere_is_no_answer(cut: int) -> None:
    assert isinstance(read_reply("k", reply()[:cut]), Failure)


@pytest.mark.parametrize(
    ("asked", "replied", "same"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("gpt-4o-2024-08-06", "gpt-4o", True),
        ("gpt-3.5-turbo", "gpt-3.5-turbo-0125", True),
        ("claude-3-5-sonnet", "claude-3-5-sonnet-20241022", True),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet", True),
        ("gemini-1.5-pro", "gemini-1.5-pro-002", True),
        ("llama3", "llama3:latest", True),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct", True),
        ("llama", "/models/llama.gguf", True),
        ("openai/gpt-4o", "gpt-4o", True),
        ("m", None, True),
        ("m", "", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4", "gpt-4o", False),
        ("gpt-4", "gpt-4.1", False),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-08-06", False),
        ("llama-3-8b", "llama-3-70b", False),
        ("my-warm-model", "my-model", False),
        ("my-model", "my-model-warm", False),
    ],
)
def test_which_names_are_one_model(asked: str, replied: str | None, same: bool) -> None:
    assert is_same_model(asked, replied) is same
    assert is_same_model(asked, replied, aliases=(replied,) if replied else ()) is True


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "no  such\\nmodel"}}', "no such model"),
        (b'{"error": "busy"}', "busy"),
        (b'{"detail": "x"}', "x"),
        (b"gateway", "'gateway'"),
        (b"", "it is empty"),
        (b"[1]", "[1]"),
        (b"x" * 1000, repr("x" * 300)),
    ],
)
def test_what_an_error_says(body: bytes, said: str) -> None:
    assert error_message(body) == said
