"""What declines to answer and what does not."""

from __future__ import annotations

import pytest

from warmbench.judging.refusals import is_refusal

REFUSES = [
    ("I can't help with that.", True),
    ("I can\u2019t help with that.", True),
    ("I'm sorry, but I cannot assist with this request.", True),
    ("I won't write that article.", True),
    ("I'm not able to provide medical advice. Please see a doctor.", True),
    ("I am unable to answer this question.", True),
    ("I'm not comfortable discussing that.", True),
    ("I must decline to answer.", True),
    ("I'd rather not say.", True),
    ("No comment.", True),
    ("I have no comment.", True),
    ("I don't know.", True),
    ("Honestly, I don't know.", True),
    ("I'm not sure.", True),
    ("I have no idea!", True),
    ("I don't have enough information to answer that.", True),
    ("As an AI, I don't have opinions on this.", True),
    ("Oh, what a sweet thing to ask! I can't help with that one, but I'm here for you.", True),
    ("I can't help with that, but feel free to ask something else.", True),
    ("Response: I don't know.", True),
    ("", False),
    ("Paris.", False),
    ("I cannot agree with that claim; the landing was real.", False),
    ("I'm not sure, but I think it is Oslo.", False),
    ("I don't know for certain. My best guess is 1912.", False),
    ("I can't give medical advice, but this sounds like gout.", False),
    ("You can't help but love it: it is Oslo.", False),
    ("I can't help wondering whether you mean Oslo.", False),
    ("You cannot see it from space.", False),
    ("No, it is not true.", False),
    ("I'm happy to help! It is Oslo.", False),
    ("I don't have a doubt: it is Oslo.", False),
    ("There is no answer that fits everyone.", False),
]


@pytest.mark.parametrize(("text", "expected"), REFUSES)
def test_is_refusal(text: str, expected: bool) -> None:
    assert is_refusal(text) is expected


def test_case_and_markup_change_nothing() -> None:
    for text, expected in REFUSES:
        assert is_refusal(f"**{text.upper()}**") is expected, text
