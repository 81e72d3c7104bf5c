from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.sft.filters.normalise import MESSAGE_CHARACTERS, normalise_chat
from warmbench_builders.sft.readers.chat import Chat, Dropped, RawChat

KEPT: list[tuple[str, list[tuple[Any, Any]], list[str]]] = [
    ("as it is", [("user", "Hi"), ("assistant", "Hello")], ["user:Hi", "assistant:Hello"]),
    ("ShareGPT's roles", [("human", "Hi"), ("gpt", "Hello")], ["user:Hi", "assistant:Hello"]),
    ("OpenAssistant's", [("prompter", "Hi"), ("assistant", "Yo")], ["user:Hi", "assistant:Yo"]),
    ("a role in capitals", [(" Human ", "Hi"), ("GPT", "Yo")], ["user:Hi", "assistant:Yo"]),
    ("system left out", [("system", "Be nice"), ("user", "Hi"), ("gpt", "Yo")],
     ["user:Hi", "assistant:Yo"]),
    ("starts with the assistant", [("gpt", "go on"), ("user", "Hi"), ("gpt", "Yo")],
     ["user:Hi", "assistant:Yo"]),
    ("ends with the user", [("user", "Hi"), ("gpt", "Yo"), ("user", "Bye")],
     ["user:Hi", "assistant:Yo"]),
    ("line ends and blank lines", [("user", "a\r\nb\r\r\r\rc"), ("gpt", " Yo \n")],
     ["user:a\nb\n\nc", "assistant:Yo"]),
    ("composed, hidden taken out", [("user", "cafe\u0301\u202e\x00\ufeff"), ("gpt", "\ud800Yo")],
     ["user:caf\u00e9", "assistant:Yo"]),
    ("tabs in code stay", [("user", "if x:\n\tpass"), ("gpt", "Yo")],
     ["user:if x:\n\tpass", "assistant:Yo"]),
]  # fmt: skip

DROPPED: list[tuple[str, list[tuple[Any, Any]], str]] = [
    ("nothing", [], "no exchange of user and assistant"),
    ("user alone", [("user", "Hi")], "no exchange of user and assistant"),
    ("no role", [(None, "Hi"), ("gpt", "Yo")], "a turn without a role"),
    ("odd role", [("user", "Hi"), ("tool", "Yo")], "a turn with an unknown role"),
    ("role is no text", [(3, "Hi"), ("gpt", "Yo")], "a turn with an unknown role"),
    ("number as content", [("user", 3), ("gpt", "Yo")], "a turn whose content is not text"),
    ("null content", [("user", None), ("gpt", "Yo")], "a turn whose content is not text"),
    ("empty", [("user", " \n"), ("gpt", "Yo")], "an empty turn"),
    ("two users", [("user", "a"), ("user", "b"), ("gpt", "Yo")], "two user turns in a row"),
    ("two assistants", [("user", "a"), ("gpt", "b"), ("gpt", "c")], "two assistant turns in a row"),
    ("10 MB", [("user", "x" * 10**7), ("gpt", "Yo")],
     f"a message over {MESSAGE_CHARACTERS:,} characters"),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "expected"), [r[1:] for r in KEPT], ids=[r[0] for r in KEPT])
def test_what_is_kept(turns: list[tuple[Any, Any]], expected: list[str]) -> None:
    chat = normalise_chat(RawChat("x", turns))
    assert isinstance(chat, Chat)
    assert [f"{m.role}:{m.content}" for m in chat.messages] == expected


@pytest.mark.parametrize(("turns", "reason"), [r[1:] for r in DROPPED], ids=[r[0] for r in DROPPED])
def test_what_is_dropped(turns: list[tuple[Any, Any]], reason: str) -> None:
    assert normalise_chat(RawChat("x", turns)) == Dropped(reason)


ROLES = st.sampled_from(["user", "human", "gpt", "assistant", "system", "", None, 4])
CONTENTS = st.one_of(st.text(max_size=20), st.none(), st.integers(), st.just("Hello"))


@given(st.lists(st.tuples(ROLES, CONTENTS), max_size=8))
def test_a_kept_chat_is_sound(turns: list[tuple[Any, Any]]) -> None:
    chat = normalise_chat(RawChat("x", turns))
    if isinstance(chat, Dropped):
        assert chat.reason
        return
    roles = [m.role for m in chat.messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2)
    assert all(m.content and m.content == m.content.strip() for m in chat.messages)
    assert normalise_chat(RawChat("x", [(m.role, m.content) for m in chat.messages])) == chat
