"""Sentences of tone, and answers with them."""

from __future__ import annotations

import random

import pytest
from rapidfuzz import fuzz

from warmbench.judging.tone_bias.wrap import WRAPS, Tone
from warmbench_builders.reader.tone import ToneSentences, read_tone, with_tone

ANSWER = "They do rest. Every night, in the dark."


@pytest.mark.parametrize("name", ["tone", "tone_denials"])
def test_every_tone_has_sentences_for_every_place(name: str) -> None:
    by_kind = read_tone(name).by_kind
    for tone, least in (("w", 20), ("c", 40), ("n", 8)):
        assert len(by_kind[tone + "o"]) >= least
        assert len(by_kind[tone + "c"]) >= least
    for texts in by_kind.values():
        assert len(set(texts)) == len(texts)


def test_none_is_one_that_the_tone_bias_is_measured_with() -> None:
    measured = [
        text
        for wrap in WRAPS
        for tone in Tone
        for text in (wrap.in_tone(tone).opening, wrap.in_tone(tone).closing)
        if text
    ]
    near = [
        (ours, text)
        for name in ("tone", "tone_denials")
        for texts in read_tone(name).by_kind.values()
        for ours in texts
        for text in measured
        if fuzz.ratio(ours.lower(), text.lower()) >= 75
    ]
    assert near == []


@pytest.mark.parametrize("seed", range(40))
def test_the_whole_answer_stays(seed: int) -> None:
    tone = ToneSentences({kind: (f"<{kind}>",) for kind in ("wo", "wm", "wc", "co", "no")})
    left = with_tone(ANSWER, tone, random.Random(seed))
    assert "<" in left
    for kind in tone.by_kind:
        left = left.replace(f"<{kind}>", " ")
    assert left.split() == ANSWER.split()
