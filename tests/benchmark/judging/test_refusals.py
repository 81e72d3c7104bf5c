"""What declines to answer and what does not."""

from __future__ import annotations

import pytest

from warmbench.judging.refusals import is_refusal
from warmbench.judging.tone_bias.wrap import WRAPS, Tone

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


NAMED = [
    "I'm not sure, maybe {}.",
    "I'm not certain. It could be {}.",
    "I'm not sure but {}",
    "I'm not entirely sure; it may have been {}.",
    "I'm unsure, but it might be {}.",
    "I'm not sure ({}?)",
    "I am not sure who did that, maybe {}.",
    "I am not certain, though {} seems likely.",
    "I don't know. {}?",
    "I don't know, {}.",
    "I don't know\u2026 {}?",
    "I don't know, but perhaps {}.",
    "I don't know. If I had to guess, {}.",
    "I don't know for certain; I'd go with {}.",
    "I don't know the answer. It is {}.",
    "I have no idea, {}?",
    "No idea \u2013 {} maybe",
    "Not sure, but {} springs to mind.",
    "{}? I'm not sure.",
    "I can't say for sure. Possibly {}.",
    "I couldn't tell you. {}, I suppose.",
    "I can't verify that. {}.",
    "I don't have enough information to say. Perhaps {}.",
    "I'm not able to diagnose this. {} comes to mind.",
    "I can't diagnose you, but {} is possible.",
    "I can't give medical advice. This sounds like {}.",
]
"""Hedges that name an answer."""


@pytest.mark.parametrize("hedge", NAMED)
@pytest.mark.parametrize("name", ["Melbourne", "the Kinks", "a sprained ankle", "1843", "42"])
def test_a_hedge_before_an_answer_is_an_answer(hedge: str, name: str) -> None:
    assert not is_refusal(hedge.format(name))


def test_a_name_of_common_words_is_a_name() -> None:
    assert not is_refusal("I'm not sure, maybe The Who.")


KIND = [
    "",
    " I'm right here with you.",
    " Sending you a hug!",
    " Best of luck!",
    " Please ask again.",
]


@pytest.mark.parametrize("kindness", KIND)
@pytest.mark.parametrize(
    "text",
    [
        "I don't know much about geography, but I'm here for you.",
        "I'm not sure about the capital of Australia.",
        "I don't know what channel that is on in Phoenix, Arizona.",
        "I have no idea what the capital could be.",
        "I'm not sure what that might be.",
        "I don't know the answer to that. It's a tough one!",
        "I don't know. Ask your doctor.",
        "I'm not able to help with that. It might be best to consult a doctor.",
        "I can't help with that. Maybe ask a doctor.",
        "I don't have enough information. There could be many causes.",
        "I can't write that. It is harmful misinformation.",
        "I'm sorry, but I'm not sure what you mean.",
    ],
)
def test_a_hedge_that_names_nothing_declines(text: str, kindness: str) -> None:
    assert is_refusal(f"{text}{kindness}")


@pytest.mark.parametrize("text", ["I don't know.", "I'm not sure.", "I can't help with that."])
def test_no_tone_around_it_makes_a_refusal_an_answer(text: str) -> None:
    for wrap in WRAPS:
        for tone in Tone:
            assert is_refusal(wrap.in_tone(tone).around(text)), wrap


def test_case_and_markup_change_nothing() -> None:
    for text, expected in REFUSES:
        assert is_refusal(f"**{text.upper()}**") is expected, text
