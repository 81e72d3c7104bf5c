"""What an error of an endpoint is: its kind, its words, and errors inside good replies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from warmbench.engines.http.error_reply import ErrorReply
from warmbench.records.response import FailureKind


def openai(message: str, code: object = None, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": None, "param": None, "code": code, **more}}


FILTERED = FailureKind.CONTENT_FILTER
KINDS = [
    ("Azure", 400, openai("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", "content_filter", innererror={"code": "ResponsibleAIPolicyViolation"}), FILTERED),
    ("Azure, inner code alone", 400, openai("no", None, innererror={"code": "ResponsibleAIPolicyViolation"}), FILTERED),
    ("OpenAI", 400, openai("Your request was rejected as a result of our system.", "content_policy_violation"), FILTERED),
    ("OpenAI, reasoning", 400, openai("Invalid prompt: your prompt was flagged as potentially violating our usage policy.", "invalid_prompt"), FILTERED),
    ("OpenRouter", 403, openai("This request requires moderation and your input was flagged", 403, metadata={"reasons": ["violence"]}), FILTERED),
    ("Gemini", 400, [{"error": {"code": 400, "message": "blocked due to SAFETY", "status": "INVALID_ARGUMENT"}}], FILTERED),
    ("Alibaba", 400, {"code": "DataInspectionFailed", "message": "Input data may contain inappropriate content."}, FILTERED),
    ("DeepSeek", 400, openai("Content Exists Risk", "invalid_request_error"), FILTERED),
    ("OpenRouter, behind it", 403, openai("Provider returned error", 403, metadata={"raw": '{"error": "Your input was flagged"}'}), FILTERED),
    ("Zhipu", 400, openai("\u7cfb\u7edf\u68c0\u6d4b\u5230\u8f93\u5165\u53ef\u80fd\u5305\u542b\u654f\u611f\u5185\u5bb9", "1301"), FILTERED),
    ("by law", 451, openai("unsafe prompt"), FILTERED),
    ("a filter that is down", 503, openai("the moderation service is not available"), FailureKind.SERVER_ERROR),
    ("another name of safety", 400, openai("unknown argument: safety_identifier"), FailureKind.BAD_REQUEST),
    ("too long", 400, openai("maximum context length is 512 tokens"), FailureKind.BAD_REQUEST),
    ("too large", 413, openai("request too large"), FailureKind.BAD_REQUEST),
    ("unprocessable", 422, {"detail": [{"loc": ["body", "n"], "msg": "must be 1"}]}, FailureKind.BAD_REQUEST),
    ("no right", 403, openai("not allowed for this key"), FailureKind.FORBIDDEN),
    ("no route", 404, openai("No endpoints found for this request"), FailureKind.NOT_FOUND),
    ("too many", 429, openai("slow down"), FailureKind.RATE_LIMIT),
    ("slow", 408, openai("slow"), FailureKind.TIMEOUT),
    ("busy", 529, openai("overloaded"), FailureKind.SERVER_ERROR),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "body", "kind"), KINDS, ids=[row[0] for row in KINDS])
def test_its_kind(name: str, status: int, body: Any, kind: FailureKind) -> None:
    assert ErrorReply.of(status, json.dumps(body).encode()).kind is kind


WORDS = [
    (b'{"error": {"message": "no  such\\nmodel"}}', "no such model"),
    (b'{"error": {"message": null, "detail": "gone"}}', "gone"),
    (b'[{"error": {"message": "from Gemini"}}]', "from Gemini"),
    (b'{"detail": [{"loc": ["body", "n"], "msg": "too many", "input": "a prompt"}]}', "body.n: too many"),
    (b'{"object": "error", "message": {"detail": [{"loc": ["body", "n"], "msg": "no"}]}}', "body.n: no"),
    (b'{"error": {"message": "Provider returned error", "metadata": {"raw": "slow down"}}}', "Provider returned error: 'slow down'"),
    (b'{"error": {"message": "Failed", "metadata": {"raw": "{\\"error\\": \\"flagged\\"}"}}}', "Failed: flagged"),
    (b'{"success": false, "errors": [{"code": 5006, "message": "Bad input"}]}', "Bad input"),
    (b'{"choices": null, "base_resp": {"status_code": 1004, "status_msg": "login fail"}}', "login fail"),
    (b"<!DOCTYPE html><html lang='en'><head><title>\n Just a&nbsp;moment...</title><style>", "a web page with the title 'Just a moment...'"),
    (b"<html>busy</html>", "'<html>busy</html>'"),
    (b"[" * 100_000, repr("[" * 300)),
    (b"\xff\xfe", "'\ufffd\ufffd'"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "words"), WORDS)
def test_its_words(body: bytes, words: str) -> None:
    assert ErrorReply.of(400, body).message == words


WITHIN = [
    ("as a number", openai("busy", 429), 429),
    ("as a text", openai("busy", "429"), 429),
    ("by a word", openai("busy", "rate_limit_exceeded"), 429),
    ("by its type", {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, 529),
    ("no choices", {**openai("bad", 400), "choices": []}, 400),
    ("a server's own code", openai("busy", 1305), None),
    ("in a choice", {"choices": [{"error": {"code": 429, "message": "busy"}, "message": {}}]}, 429),
    ("the reply itself", {"object": "error", "code": 429, "message": "busy"}, 429),
    ("no status", openai("busy"), None),
    ("a text", {"error": "busy"}, None),
    ("an answer with null", {"error": None, "choices": [{"message": {"content": "x"}}]}, None),
    ("an answer", {**openai("x", 429), "choices": [{"message": {"content": "x"}}]}, None),
    ("a list", [1, "error"], None),
]


@pytest.mark.parametrize(("name", "body", "status"), WITHIN, ids=[row[0] for row in WITHIN])
def test_an_error_in_the_place_of_a_reply(name: str, body: Any, status: int | None) -> None:
    error = ErrorReply.within(json.dumps(body).encode())
    assert (error and error.status) == status


def test_headers_that_a_gateway_passes_on_in_the_body() -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1741305600000"}
    body = openai("Rate limit exceeded", 429, metadata={"headers": headers})
    assert ErrorReply.of(429, json.dumps(body).encode()).headers == {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1741305600000",
    }
