from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.reporting.visible_text import cut, plot_text, visible_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("exe\u202efdp", "exe⟨U+202E⟩fdp"),
        ("a\u2066b\u2069c\u200fd", "a⟨U+2066⟩b⟨U+2069⟩c⟨U+200F⟩d"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("bell\x07 nul\x00 escape\x1b[31m", "bell⟨U+0007⟩ nul⟨U+0000⟩ escape⟨U+001B⟩[31m"),
        ("half a pair \ud800", "half a pair ⟨U+D800⟩"),
        ("hidden\U000e0041", "hidden⟨U+E0041⟩"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("family 👩\u200d👧, می\u200cروم", "family 👩\u200d👧, می\u200cروم"),
    ],
)
def test_visible_text(text: str, expected: str) -> None:
    assert visible_text(text) == expected


anything = st.text(st.characters(codec=None))


@given(anything)
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible_text(text)
    shown.encode("utf-8")
    left = {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    assert left <= {"\n", "\t", "\u200c", "\u200d"}
    assert visible_text(shown) == shown


@given(anything)
def test_a_label_is_short_and_holds_no_markup(text: str) -> None:
    shown = plot_text(text)
    assert "<" not in shown
    assert ">" not in shown
    assert "\n" not in shown
    assert len(html.unescape(shown)) <= 28


def test_a_label_reads_as_its_text() -> None:
    assert plot_text("Q & <b>A</b>") == "Q &amp; &lt;b&gt;A&lt;/b&gt;"
    assert plot_text("x" * 40) == "x" * 27 + "…"


def test_cut() -> None:
    assert cut("abcdef", 4) == ("abcd", 2)
    assert cut("abc", 4) == ("abc", 0)
