"""The checks of a training file: every kind of fault is found, counted and placed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.tuning.chats import chat_row, chat_rows
from warmbench_builders.tuning.openai.training_file import Fault, check_rows, file_bytes, plain_rows

GOOD = chat_row("Hello?", "Hello.")


def message(**keys: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Hi"}, keys]}


FAULTY: list[tuple[str, Any, set[Fault]]] = [
    ("good", GOOD, set()),
    ("a system prompt", chat_row("Hi", "Hello.", system="Be kind."), set()),
    ("a weight", message(role="assistant", content="x", weight=0), set()),
    ("no messages", {"messages": None}, {Fault.NO_MESSAGES}),
    ("empty messages", {"messages": []}, {Fault.NO_MESSAGES}),
    ("messages as text", {"messages": "user: hi"}, {Fault.NO_MESSAGES}),
    ("a message as text", {"messages": ["hi"]}, {Fault.NO_MESSAGE}),
    ("no role", message(content="x"), {Fault.MISSING_KEY, Fault.LAST_NOT_ASSISTANT}),
    ("no content", message(role="assistant"), {Fault.MISSING_KEY}),
    ("another key", message(role="assistant", content="x", text="y"), {Fault.UNKNOWN_KEY}),
    ("another role", message(role="bot", content="x"), {Fault.UNKNOWN_ROLE, Fault.LAST_NOT_ASSISTANT}),
    ("null content", message(role="assistant", content=None), {Fault.NO_CONTENT}),
    ("blank content", message(role="assistant", content=" \n"), {Fault.NO_CONTENT}),
    ("content in parts", message(role="assistant", content=[{"type": "text"}]), {Fault.NO_CONTENT}),
    ("half a character", message(role="assistant", content="\ud83d"), {Fault.NO_CONTENT}),
    ("user last", chat_row("Hi", "Hello.", "Bye"), {Fault.LAST_NOT_ASSISTANT}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "row", "faults"), FAULTY, ids=[f[0] for f in FAULTY])
def test_faults(name: str, row: dict[str, Any], faults: set[Fault]) -> None:
    report = check_rows("train.jsonl", [GOOD, row, row], least=1)
    assert dict(report.faults) == dict.fromkeys(faults, 2)
    assert dict(report.first_rows) == dict.fromkeys(faults, 2)
    assert len(report.problems) == len(faults)


def test_a_fault_is_said_with_its_count_and_place() -> None:
    rows = [*chat_rows(11), {"messages": []}]
    assert check_rows("train.jsonl", rows).problems == [
        "1 examples with no list of messages (first in row 12)"
    ]


def test_ten_examples_are_the_least() -> None:
    assert check_rows("train.jsonl", chat_rows(10)).problems == []
    assert check_rows("train.jsonl", chat_rows(9)).problems == [
        "9 examples; at least 10 are required"
    ]


def test_a_long_example_is_counted_and_no_fault() -> None:
    report = check_rows("train.jsonl", [chat_row("Hi", "word " * 60_000)], least=1)
    assert (report.long_examples, report.problems) == (1, [])
    assert "1 of them cut at 65,536 tokens" in report.summary


def test_the_summary_says_that_tokens_are_estimated() -> None:
    report = check_rows("train.jsonl", [chat_row("abcd" * 10, "efgh" * 5)], least=1)
    # 60 characters are 15 tokens, and 3 for each of two messages.
    assert report.summary == (
        "train.jsonl: 1 examples, 138 bytes, about 21 tokens (an estimate)"
    )  # fmt: skip


CHATS = st.lists(
    st.lists(st.text(min_size=1).filter(str.strip), min_size=2, max_size=2), min_size=1, max_size=8
)


@given(CHATS)
def test_what_passes_is_read_back_line_by_line(chats: list[list[str]]) -> None:
    rows = [chat_row(*turns) for turns in chats]
    report = check_rows("train.jsonl", rows, least=1)
    content = file_bytes(plain_rows([{**row, "license": "x"} for row in rows]))
    assert report.problems == []
    assert report.bytes == len(content)
    assert [json.loads(line) for line in content.split(b"\n")[:-1]] == rows
