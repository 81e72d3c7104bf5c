"""Which replies are a verdict: three lines, letter for letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.judging.llm.reply import Reply
from warmbench.records.verdict import Verdict

READ = [
    ("VERDICT: CORRECT", Verdict.CORRECT),
    ("VERDICT: INCORRECT", Verdict.INCORRECT),
    ("VERDICT: REFUSED", Verdict.REFUSED),
    (" VERDICT: CORRECT\n", Verdict.CORRECT),
]

UNREAD = [
    "", "CORRECT", "correct", "Verdict: Correct", "VERDICT:CORRECT", "VERDICT: CORRECT.",
    "VERDICT: NOT CORRECT", "VERDICT: UNSCORED", "VERDICT: CORRECT|INCORRECT|REFUSED",
    "**VERDICT: CORRECT**", "VERDICT: CORRECT\nVERDICT: INCORRECT", "So: VERDICT: CORRECT",
    "VERDICT: CORRECT because it is", "VERDICT: COR", "VERDICT:  CORRECT", "VERDICT: \uff23ORRECT",
    "VERDICT: \u0421ORRECT", "VERDICT: CORRECT\u200b", "\u00a0VERDICT: CORRECT", "I can't help.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), READ)
def test_the_one_line_is_read(text: str, verdict: Verdict) -> None:
    assert Reply(text, "stop").verdict is verdict


@pytest.mark.parametrize("text", UNREAD)
def test_anything_else_is_not(text: str) -> None:
    assert Reply(text, "stop").verdict is None


def test_a_reply_that_was_cut_is_not_read() -> None:
    assert Reply("VERDICT: CORRECT", "length").verdict is None


@given(before=st.text(), after=st.text())
def test_nothing_may_stand_beside_it(before: str, after: str) -> None:
    text = f"{before}VERDICT: CORRECT{after}"
    alone = not (before + after).strip(" \t\r\n")
    assert (Reply(text, "stop").verdict is Verdict.CORRECT) is alone


def test_it_is_shown_in_one_short_line() -> None:
    assert Reply("a\n\tb\x00\u202ec", "stop").shown == "a bc"
    assert len(Reply("word " * 1_000, "stop").shown) == 120
