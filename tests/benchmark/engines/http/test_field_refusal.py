"""The words in which endpoints refuse a field, and how the request is put then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from warmbench.engines.anthropic import MessagesAPI
from warmbench.engines.http.error_reply import ErrorReply
from warmbench.engines.openai.chat_completions import ChatCompletions
from warmbench.records.message import Message
from warmbench.records.request import Request
from warmbench.records.request_extras import RequestExtras
from warmbench.records.request_form import RequestForm

SYSTEM = (Message("system", "Be warm."), Message("user", "Which river?"))


def request(extra_body: dict[str, Any] | None = None, **changes: Any) -> Request:
    settings: dict[str, Any] = {
        "key": "k", "arm": "warm", "item_id": "q/plain/none", "epoch": 0, "messages": SYSTEM,
        "temperature": 0.8, "max_tokens": 300, "top_p": 0.9, "seed": 7,
    }  # fmt: skip
    return Request(**{**settings, **changes}, extras=RequestExtras(extra_body=extra_body or {}))


def openai(message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def pydantic(field: str, words: str, kind: str) -> list[dict[str, Any]]:
    return [{"type": kind, "loc": ["body", field], "msg": words, "input": {"seed": 1, "top_p": 1}}]


UNNAMED = 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'
LENGTH = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."  # fmt: skip
REFUSALS = [
    ("OpenAI, o-series", 400, openai("Unsupported value: 'temperature' does not support 0.8 with this model. Only the default (1) value is supported.", "temperature", "unsupported_value"), "temperature"),
    ("OpenAI, no sampling", 400, openai("Unsupported parameter: 'top_p' is not supported with this model.", "top_p", "unsupported_parameter"), "top_p"),
    ("OpenAI, length", 400, openai(LENGTH, "max_tokens", "unsupported_parameter"), "length"),
    ("OpenAI, early o1", 400, openai("Unsupported value: 'messages[0].role' does not support 'system' with this model.", "messages[0].role", "unsupported_value"), "system"),
    ("OpenAI's words alone", 400, openai("Argument not supported: seed"), "seed"),
    ("pydantic, as a text", 400, {"message": "seed: Extra inputs are not permitted"}, "seed"),
    ("Anthropic, thinking", 400, {"type": "error", "error": {"message": "`temperature` may only be set to 1 when thinking is enabled."}}, "temperature"),
    ("Moonshot", 400, openai("invalid temperature: only 1 is allowed for this model"), "temperature"),
    ("a model of its own", 400, openai("Invalid parameter: temperature. Model only supports temperature=1"), "temperature"),
    ("pydantic, roles", 422, {"detail": [{"type": "literal_error", "loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user' or 'assistant'"}]}, "system"),
    ("OpenRouter, behind it", 400, {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": '{"error": {"message": "System role not supported"}}'}}}, "system"),
    ("Azure, argument", 400, openai("Unrecognized request argument supplied: seed"), "seed"),
    ("Azure, arguments", 400, openai("Unrecognized request arguments supplied: logprobs, seed"), "seed"),
    ("Mistral", 422, {"object": "error", "message": {"detail": pydantic("seed", "Extra inputs are not permitted", "extra_forbidden")}, "type": "invalid_request_error"}, "seed"),
    ("FastAPI", 422, {"detail": pydantic("top_p", "extra fields not permitted", "value_error.extra")}, "top_p"),
    ("vLLM on a TPU", 400, {"object": "error", "message": "JAX does not support per-request seed.", "type": "BadRequestError", "param": None, "code": 400}, "seed"),
    ("vLLM, Gemma", 400, {"object": "error", "message": "System role not supported", "type": "BadRequestError", "code": 400}, "system"),
    ("vLLM, newer", 400, {"error": {"message": "System role not supported System role not supported", "type": "BadRequestError", "param": None, "code": 400}}, "system"),
    ("vLLM, old Mistral", 400, {"object": "error", "message": "Conversation roles must alternate user/assistant/user/assistant/...", "code": 400}, "system"),
    ("llama.cpp, Gemma", 500, {"error": {"code": 500, "message": "Jinja Exception: System role not supported", "type": "server_error"}}, "system"),
    ("Mistral template", 400, openai("Only user and assistant roles are supported!"), "system"),
    ("Gemini, Gemma", 400, [{"error": {"code": 400, "message": "Developer instruction is not enabled for models/gemma-3-27b-it", "status": "INVALID_ARGUMENT"}}], "system"),
    ("Gemini", 400, [{"error": {"code": 400, "message": UNNAMED, "status": "INVALID_ARGUMENT"}}], "seed"),
    ("Groq", 400, openai("property 'seed' is unsupported"), "seed"),
    ("Groq, Gemma", 400, openai("'messages.0' : for 'role:system' the following must be satisfied[('messages.0.role' : this model doesn't support system messages)]"), "system"),
    ("Bedrock, key", 400, {"message": "Malformed input request: #: extraneous key [seed] is not permitted, please reformat your input and try again."}, "seed"),
    ("Bedrock, system", 400, {"message": "This model doesn't support system messages. Try again without a system message or use a model that supports system messages."}, "system"),
    ("Bedrock, two", 400, {"message": "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one."}, "top_p"),
    ("LiteLLM", 400, {"error": {"message": "litellm.UnsupportedParamsError: bedrock does not support parameters: ['seed'], for model=amazon.titan", "type": None, "param": None, "code": "400"}}, "seed"),
    ("LiteLLM, values", 400, {"error": {"message": "litellm.UnsupportedParamsError: O-series models don't support temperature=0.8. Only temperature=1 is supported.", "code": "400"}}, "temperature"),
    ("TGI, greedy", 422, {"error": "Input validation error: `temperature` must be strictly positive", "error_type": "validation"}, "temperature"),
    ("Ollama's proxy", 400, {"error": "unknown field \"seed\""}, "seed"),
    ("a plain text", 400, "role 'system' is not supported", "system"),
    ("a text of pydantic", 400, {"error": {"message": "[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted'}]", "code": 400}}, "seed"),
    ("deprecated", 400, {"type": "error", "error": {"type": "invalid_request_error", "message": "`temperature` is deprecated for this model."}}, "temperature"),
]  # fmt: skip
FORMS = {
    "length": RequestForm(length_field="max_completion_tokens"),
    "seed": RequestForm(left_out=("seed",)),
    "system": RequestForm(system_in_user=True),
    "temperature": RequestForm(left_out=("temperature",)),
    "top_p": RequestForm(left_out=("top_p",)),
}


@pytest.mark.parametrize(
    ("name", "status", "body", "field"), REFUSALS, ids=[row[0] for row in REFUSALS]
)
def test_what_is_refused_is_put_another_way(name: str, status: int, body: Any, field: str) -> None:
    api = ChatCompletions("m")
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = ErrorReply.of(status, raw)
    assert api.other_form(error, request()) == FORMS[field]


def test_what_is_not_sent_any_more_is_not_refused_again() -> None:
    api = ChatCompletions("m")
    api.form = RequestForm(("temperature", "top_p", "seed"), True, "max_completion_tokens")
    for _, status, body, _ in REFUSALS:
        assert api.other_form(ErrorReply.of(status, json.dumps(body).encode()), request()) is None


OTHERS = [
    ("too long, OpenAI", 400, openai("This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8700 in the messages, 300 in the completion). Please reduce the length of the messages or completion.", "messages", "context_length_exceeded")),
    ("too long, vLLM", 400, openai("'max_tokens' or 'max_completion_tokens' is too large: 300. This model's maximum context length is 512 tokens and your request has 400 input tokens.", "max_tokens")),
    ("too long, vLLM system", 400, openai("The decoder prompt (length 600) is longer than the maximum model length of 512. The system prompt is not counted.")),
    ("a value", 400, openai("Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.", "temperature", "decimal_above_max_value")),
    ("a value, Anthropic", 400, {"type": "error", "error": {"type": "invalid_request_error", "message": "temperature: range: 0..1"}}),
    ("a value, TGI", 422, {"error": "Input validation error: `top_p` must be > 0.0 and < 1.0", "error_type": "validation"}),
    ("another field", 400, openai("Unrecognized request argument supplied: reasoning_effort")),
    ("the model", 400, openai("The model `m` does not support chat", "model")),
    ("a filter", 400, openai("The prompt mentions a seed and a temperature that are not allowed by our content policy", "prompt", "content_filter")),
    ("a busy server", 503, openai("the system is not available")),
    ("a limit", 429, openai("seed is not supported", "seed")),
    ("not found", 404, openai("System role not supported")),
    ("nothing", 400, {}),
    ("roles of a person's own", 400, openai("Invalid role 'critic'")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "body"), OTHERS, ids=[row[0] for row in OTHERS])
def test_other_complaints_are_failures(name: str, status: int, body: Any) -> None:
    error = ErrorReply.of(status, json.dumps(body).encode())
    assert ChatCompletions("m").other_form(error, request()) is None


def test_only_what_was_sent_is_left_out() -> None:
    api = ChatCompletions("m")
    top_p = ErrorReply.of(400, json.dumps(openai("no", "top_p")).encode())
    assert api.other_form(top_p, request(top_p=1.0)) is None
    seed = ErrorReply.of(400, json.dumps(openai("no", "seed")).encode())
    assert api.other_form(seed, request(extra_body={"seed": 3})) is None
    roles = ErrorReply.of(400, b'{"error": "System role not supported"}')
    assert api.other_form(roles, request(messages=SYSTEM[1:])) is None


def test_the_messages_api_sends_no_seed_and_has_one_name_for_the_length() -> None:
    api = MessagesAPI("claude")
    for field in ("seed", "max_tokens"):
        error = ErrorReply.of(400, json.dumps(openai("is not supported", field)).encode())
        assert api.other_form(error, request()) is None
    both = "`temperature` and `top_p` cannot both be specified for this model."
    error = ErrorReply.of(400, json.dumps({"error": {"message": both}}).encode())
    form = api.other_form(error, request())
    assert form == FORMS["top_p"]
    api.form = form
    assert {"temperature", "top_p"} & api.body(request()).keys() == {"temperature"}
    api.form = FORMS["system"]
    assert "system" not in api.body(request())
    assert api.body(request())["messages"] == [
        {"role": "user", "content": "Be warm.\n\nWhich river?"}
    ]
