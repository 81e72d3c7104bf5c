"""Old and new values on one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.reporting.console.release import shortened

LONG = "word " * 30

SHORT = [
    ("short", "Perth", "Sydney", ("Perth", "Sydney")),
    ("empty", "", "Sydney", ("(empty)", "Sydney")),
    ("list", ["a"], ["a", "b"], ('["a"]', '["a", "b"]')),
    ("nothing", None, [], ("null", "[]")),
    ("messages", [{"role": "user", "content": "Hi"}], [], ("user: Hi", "[]")),
    ("lines", "a\nb", "a\tb", ("a b", "a b")),
    ("hidden", "a\x1b[31m", "a\u202eb", ("a⟨U+001B⟩[31m", "a⟨U+202E⟩b")),
    ("late", LONG + "old", LONG + "new", ("…word word word old", "…word word word new")),
    ("early", "old " + LONG, "new " + LONG,
     ("old " + LONG[:55] + "…", "new " + LONG[:55] + "…")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), SHORT, ids=[s[0] for s in SHORT])
def test_shortened(name: str, old: object, new: object, said: tuple[str, str]) -> None:
    assert shortened(old, new) == said


@given(st.text(), st.text(), st.text())
def test_always_one_short_line(same: str, old: str, new: str) -> None:
    for text in shortened(same + old, same + new):
        assert text
        assert len(text) <= 61
        assert text.splitlines() == [text]
