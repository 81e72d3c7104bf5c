"""What a reply is counted as: one table of shapes, the same for every engine that can send them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from warmbench.engines.anthropic import MessagesAPI
from warmbench.engines.http.chat_api import ChatAPI
from warmbench.engines.openai.chat_completions import ChatCompletions
from warmbench.engines.openai_batch.lines import read_line
from warmbench.records.reply import Reply, response_of
from warmbench.records.response import Answer, FailureKind, Response

EMPTY, FILTERED, ERROR, REASONING = (
    FailureKind.EMPTY,
    FailureKind.CONTENT_FILTER,
    FailureKind.SERVER_ERROR,
    FailureKind.REASONING_ONLY,
)


@dataclass(frozen=True)
class Shape:
    """A reply as any server might send it. ``counts_as``: a failure's kind, or the answer's text,
    after ``length`` where it is marked as cut."""

    name: str
    text: Any
    counts_as: FailureKind | str
    finish: str | None = "stop"
    reasoning: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    cut: bool = False


SHAPES = [
    Shape("plain", "Paris.", "Paris."),
    Shape("no finish reason", "Paris.", "Paris.", finish=None),
    Shape("another word for stop", "Paris.", "Paris.", finish="eos_token"),
    Shape("an unknown finish reason", "Paris.", "Paris.", finish="enough"),
    Shape("white space around it", "  Paris.\n", "  Paris.\n"),
    Shape("a refusal in words", "I can't help with that.", "I can't help with that."),
    Shape("cut", "The capital of", "The capital of", finish="length", cut=True),
    Shape("cut, in other words", "The capital", "The capital", finish="MAX_TOKENS", cut=True),
    Shape("cut, by the context", "The", "The", finish="model_length", cut=True),
    Shape("cut, in the words of an SDK", "The", "The", finish="FinishReason.MAX_TOKENS", cut=True),
    Shape("cut, with a hyphen", "The", "The", finish="max-tokens", cut=True),
    Shape("one letter", "C", "C"),
    Shape("an end token alone", "<|im_end|>", EMPTY),
    Shape("end tokens at the limit", "</s><|eot_id|>\n", EMPTY, finish="length"),
    Shape("a tag that is no end token", "<b>", "<b>"),
    Shape("a full stop alone", ".", "."),
    Shape("an emoji", "🙂", "🙂"),
    Shape("another script", "पेरिस", "पेरिस"),
    Shape("empty", "", EMPTY),
    Shape("none", None, EMPTY),
    Shape("blank", " \n\t ", EMPTY),
    Shape("not to be seen", "\u200b\ufeff\u2060", EMPTY),
    Shape("an empty filler", "\u3164\u2800", EMPTY),
    Shape("empty at the limit", "", EMPTY, finish="length"),
    Shape("none at the limit", None, EMPTY, finish="length"),
    Shape("blanks at the limit", "\n\n\n", EMPTY, finish="length"),
    Shape("an empty list of parts", [], EMPTY),
    Shape("text in parts", [{"type": "text", "text": "Par"}, {"type": "text", "text": "is."}],
          "Paris."),
    Shape("blank parts", [{"type": "text", "text": " "}], EMPTY),
    Shape("reasoning in a part",
          [{"type": "thinking", "thinking": "Lyon?"}, {"type": "text", "text": "Paris."}],
          "Paris."),
    Shape("only reasoning in parts", [{"type": "thinking", "thinking": "Lyon?"}], REASONING),
    Shape("a filter", "", FILTERED, finish="content_filter"),
    Shape("a filter, half through", "The cap", FILTERED, finish="content_filter"),
    Shape("a filter, in other words", "The cap", FILTERED, finish="SAFETY"),
    Shape("a filter and its reason", "I can", FILTERED, finish="content_filter: RECITATION"),
    Shape("a filter, in the words of an SDK", "I", FILTERED, finish="FinishReason.SAFETY"),
    Shape("a guardrail", "Sorry.", FILTERED, finish="guardrail_intervened"),
    Shape("an error", "The capital", ERROR, finish="error"),
    Shape("aborted", "The capital", ERROR, finish="abort"),
    Shape("out of resources", "The", ERROR, finish="insufficient_system_resource"),
    Shape("a tool call", None, EMPTY, finish="tool_calls"),
    Shape("reasoning in the text", "<think>Lyon?</think>Paris.", "Paris."),
    Shape("reasoning without its start", "Lyon? No.</think>\n\nParis.", "Paris."),
    Shape("reasoning, cut", "<think>The user says Lyon", REASONING, finish="length"),
    Shape("reasoning, never ended", "<think>The user says Lyon", REASONING),
    Shape("reasoning and nothing after it", "<think>Lyon?</think>\n", REASONING),
    Shape("a cut answer after reasoning", "<think>Lyon?</think>The cap", "The cap",
          finish="length", cut=True),
    Shape("reasoning in brackets", "[THINK]Lyon?[/THINK]Paris.", "Paris."),
    Shape("reasoning of a filter", "<think>Lyon?</think>", FILTERED, finish="content_filter"),
]  # fmt: skip

APART = [
    Shape("reasoning apart", "Paris.", "Paris.", reasoning="Lyon?"),
    Shape("reasoning apart, cut", "", REASONING, finish="length", reasoning="Lyon?"),
    Shape("reasoning apart, none at the limit", None, REASONING, finish="length", reasoning="hm"),
    Shape("reasoning apart, nothing after it", "", REASONING, reasoning="Lyon?"),
    Shape("reasoning apart and in the text", "<think>a</think>Paris.", "Paris.", reasoning="Lyon?"),
    Shape("a cut answer, reasoning apart", "The", "The", "length", reasoning="Lyon?", cut=True),
]


def completion(shape: Shape, field_name: str = "reasoning_content") -> dict[str, Any]:
    message = {"role": "assistant", "content": shape.text}
    if shape.reasoning:
        message[field_name] = shape.reasoning
    return {"model": "m", "choices": [{"message": message, "finish_reason": shape.finish}]}


def message(shape: Shape) -> dict[str, Any]:
    text = shape.text
    blocks = (
        [] if text is None else text if isinstance(text, list) else [{"type": "text", "text": text}]
    )
    if shape.reasoning:
        blocks = [{"type": "thinking", "thinking": shape.reasoning}, *blocks]
    return {"type": "message", "model": "m", "content": blocks, "stop_reason": shape.finish}


def check(shape: Shape, response: Response) -> None:
    found = response.text if isinstance(response, Answer) else response.kind
    assert found == shape.counts_as
    if isinstance(response, Answer):
        assert (response.finish_reason == "length") is shape.cut
        assert shape.reasoning in response.reasoning
        assert "Lyon" not in response.text


def by_name(shapes: list[Shape]) -> Any:
    return pytest.mark.parametrize("shape", shapes, ids=[shape.name for shape in shapes])


def read(api: ChatAPI, reply: dict[str, Any]) -> Response:
    return api.read_reply("k", json.dumps(reply).encode())


def test_the_table_is_long_enough() -> None:
    assert len(SHAPES) >= 40
    assert len({shape.name for shape in [*SHAPES, *APART]}) == len(SHAPES) + len(APART)


@by_name([*SHAPES, *APART])
def test_openai(shape: Shape) -> None:
    check(shape, read(ChatCompletions("m"), completion(shape)))


@pytest.mark.parametrize("field_name", ["reasoning_content", "reasoning", "thinking"])
@by_name(APART)
def test_openai_in_other_fields(shape: Shape, field_name: str) -> None:
    check(shape, read(ChatCompletions("m"), completion(shape, field_name)))


@by_name([*SHAPES, *APART])
def test_openai_batch(shape: Shape) -> None:
    line = {"custom_id": "k", "response": {"status_code": 200, "body": completion(shape)}}
    response = read_line(json.dumps(line).encode(), ChatCompletions("m"))
    assert response is not None
    check(shape, response)


@by_name([*SHAPES, *APART])
def test_anthropic(shape: Shape) -> None:
    check(shape, read(MessagesAPI("m"), message(shape)))


@by_name([shape for shape in SHAPES if not isinstance(shape.text, list)])
def test_any_other_engine(shape: Shape) -> None:
    check(shape, response_of("k", Reply(shape.text, shape.finish)))


@by_name([shape for shape in SHAPES if isinstance(shape.text, str) and shape.finish == "stop"])
def test_a_recorded_answer(shape: Shape) -> None:
    check(shape, response_of("k", Reply(shape.text, "recorded")))


ERRORS = [
    ("in the choice", {"choices": [{"error": {"code": 502, "message": "upstream"},
                                    "message": {"content": "The"}, "finish_reason": "stop"}]}),
    ("in a choice without a message", {"choices": [{"error": {"message": "upstream"}}]}),
    ("beside no choices", {"error": {"message": "upstream"}, "choices": []}),
    ("alone", {"error": "upstream"}),
    ("the reply itself", {"object": "error", "message": "upstream", "code": 50001}),
    ("Cloudflare", {"success": False, "errors": [{"code": 7003, "message": "upstream"}]}),
    ("MiniMax", {"choices": None, "base_resp": {"status_code": 1, "status_msg": "upstream"}}),
    ("in a detail", {"detail": "upstream"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "reply"), ERRORS, ids=[one[0] for one in ERRORS])
def test_an_error_in_a_reply_is_the_servers(name: str, reply: dict[str, Any]) -> None:
    response = read(ChatCompletions("m"), reply)
    assert not isinstance(response, Answer)
    assert response.kind is ERROR
    assert "upstream" in response.message


def test_hidden_reasoning_is_known_by_its_tokens() -> None:
    reply = completion(Shape("", "", REASONING, finish="length"))
    reply["usage"] = {
        "prompt_tokens": 9,
        "completion_tokens": 300,
        "completion_tokens_details": {"reasoning_tokens": 300},
    }
    response = read(ChatCompletions("m"), reply)
    assert not isinstance(response, Answer)
    assert response.kind is REASONING
    assert "--max-tokens" in response.message
    assert response.wasted.completion == 300


LEFT_OUT = [
    ("content_filter", FILTERED),
    ("length", EMPTY),
    ("stop", EMPTY),
]


@pytest.mark.parametrize(("finish", "kind"), LEFT_OUT)
def test_a_choice_may_leave_its_message_out(finish: str, kind: FailureKind) -> None:
    response = read(ChatCompletions("m"), {"choices": [{"index": 0, "finish_reason": finish}]})
    assert not isinstance(response, Answer)
    assert response.kind is kind


OTHER_APIS: list[dict[str, Any]] = [
    {"candidates": [{"content": {"parts": [{"text": "Paris."}]}}]},
    {"output": [{"type": "message", "content": [{"type": "output_text", "text": "Paris."}]}]},
    {"done": True, "response": "Paris."},
    {},
]


@pytest.mark.parametrize("api", [ChatCompletions("m"), MessagesAPI("m")])
@pytest.mark.parametrize("reply", OTHER_APIS)
def test_the_reply_of_another_api_is_shown(api: ChatAPI, reply: dict[str, Any]) -> None:
    response = read(api, reply)
    assert not isinstance(response, Answer)
    assert response.kind is FailureKind.MALFORMED
    assert repr(json.dumps(reply)) in response.message


def test_a_refusal_beside_an_empty_content_is_the_answer() -> None:
    reply = completion(Shape("", "", ""))
    reply["choices"][0]["message"]["refusal"] = "I can't help with that."
    check(Shape("", "", "I can't help with that."), read(ChatCompletions("m"), reply))


def test_reasoning_in_details() -> None:
    details = [{"type": "reasoning.text", "text": "Lyon?"}, {"type": "reasoning.encrypted"}]
    for text, counts_as in (("Paris.", "Paris."), (None, REASONING)):
        reply = completion(Shape("", text, counts_as))
        reply["choices"][0]["message"]["reasoning_details"] = details
        check(Shape("", text, counts_as, reasoning="Lyon?"), read(ChatCompletions("m"), reply))


def test_reasoning_that_ended_by_itself_is_not_said_to_be_cut() -> None:
    response = response_of("k", Reply("<think>Lyon?", "stop"))
    assert not isinstance(response, Answer)
    assert "cut" not in response.message


@pytest.mark.parametrize("first", [b"data: {}", b"event: message", b": PROCESSING"])
def test_a_stream_of_events_is_named(first: bytes) -> None:
    response = ChatCompletions("m").read_reply("k", first + b"\n\ndata: [DONE]\n\n")
    assert not isinstance(response, Answer)
    assert "stream of events" in response.message
