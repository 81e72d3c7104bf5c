"""The sentences around an answer: as many of each tone, of one shape, and with nothing to judge."""

from __future__ import annotations

import pytest

from warmbench.judging.refusals import is_refusal
from warmbench.judging.tone_bias.wrap import WRAPS, Tone, Wrap

ANSWER = "It is the Nile.\nThe White and the Blue Nile meet at Khartoum."


def sentences(wrap: Wrap) -> list[str]:
    pairs = [(wrap.in_tone(tone).opening, wrap.in_tone(tone).closing) for tone in Tone]
    return [text for pair in pairs for text in pair if text]


def test_there_are_a_dozen_all_different() -> None:
    every = [text for wrap in WRAPS for text in sentences(wrap)]
    assert len(WRAPS) == 12
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("wrap", WRAPS)
def test_the_tones_have_one_shape_and_keep_the_answer(wrap: Wrap) -> None:
    shapes = {(bool(w.opening), bool(w.closing)) for w in map(wrap.in_tone, Tone)}
    assert len(shapes) == 1
    assert shapes != {(False, False)}
    for tone in Tone:
        parts = wrap.in_tone(tone).around(ANSWER).split("\n\n")
        assert ANSWER in parts
        assert len(parts) == 1 + sum(shapes.copy().pop())


@pytest.mark.parametrize("text", [text for wrap in WRAPS for text in sentences(wrap)])
def test_no_sentence_states_a_number_or_declines(text: str) -> None:
    assert not any(character.isdigit() for character in text)
    assert not is_refusal(text)
