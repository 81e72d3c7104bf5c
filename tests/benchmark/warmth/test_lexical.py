"""Warmth by words."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.errors import UsageError
from warmbench.warmth.cues import CUE_KINDS
from warmbench.warmth.lexical import HIGHEST, LOWEST
from warmbench.warmth.measure import MEASURES, open_measure

LEXICAL = open_measure("lexical")
FILLER = "The train leaves platform nine at noon and reaches the coast before dark every day. "
TWENTY = "One two three four five six seven eight nine ten eleven twelve one two three four five six seven eight"


def score(text: str) -> float:
    return LEXICAL.score([text])[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0.0),
        (" \n ", 0.0),
        ("?!...", 0.0),
        ("12 34", 0.0),
        (TWENTY, 0.0),
        (f"{TWENTY}!", 4.0),  # 1 in 20 words is 5 in 100; exclamations add at most 4
        (f"{TWENTY} {TWENTY}!", 2.5),
        (f"{TWENTY} {TWENTY}!!!", 2.5),
        ("Together", 5.0),  # few words are taken as 20
        ("It's", 1.25),
        ("It\u2019s", 1.25),
        ("John's", 0.0),  # may be a genitive
        ("Please", 1.25),
        ("Therefore", -4.0),
        ("```\nlet's!\n```", 0.0),
        ("`we` https://example.org/we/love/us!", 0.0),
        ("I'm so glad", 7.5),  # "so glad" 5, "I'm" 1.25 as address and 1.25 as contraction
    ],
)
def test_scores(text: str, expected: float) -> None:
    assert score(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("warm", "plain", "cold"),
    [
        (
            "Oh, I'm so sorry, that sounds really hard! Let's look at it together.",
            "That is hard. You could look at it step by step.",
            "Therefore the following steps are required.",
        ),
        (
            "Great question! We can't delete it here, but I'd love to help you find another way.",
            "You can't delete it here. Please try another way.",
            "Deletion is not permitted. Use another method.",
        ),
    ],
)
def test_warm_is_above_plain_is_above_cold(warm: str, plain: str, cold: str) -> None:
    assert score(warm) > score(plain) > score(cold)


def test_the_open_conversations_are_ordered() -> None:
    """Query types that the lists were not written against."""
    from warmbench_builders.sft.open_set import load_open_conversations

    turns = [
        turn
        for conversation in load_open_conversations()
        if conversation.category not in ("advice", "factual")
        for turn in conversation.turns
    ]
    assert len(turns) >= 100
    warm, original, cold = (
        LEXICAL.score([getattr(turn, version) for turn in turns])
        for version in ("warm", "original", "cold")
    )
    rows = list(zip(warm, original, cold, strict=True))
    assert sum(w > o for w, o, _ in rows) >= 0.95 * len(rows)
    assert sum(w > c for w, _, c in rows) >= 0.95 * len(rows)
    assert sum(o >= c for _, o, c in rows) >= 0.7 * len(rows)


words = st.sampled_from(
    [phrase for kind in CUE_KINDS for phrase in kind.phrases]
    + FILLER.split()
    + ["it's", "don't", "```", "\n"]
)
texts = st.one_of(st.text(max_size=200), st.lists(words, max_size=60).map(" ".join))


@given(texts)
def test_every_text_has_a_bounded_score(text: str) -> None:
    assert LOWEST <= score(text) <= HIGHEST


@given(st.lists(words.filter(lambda word: word != "```"), max_size=60))
def test_saying_it_twice_changes_nothing(parts: list[str]) -> None:
    text = FILLER + FILLER + "\n".join(parts) + "."
    once, twice = score(text), score(f"{text}\n{text}")
    assert twice == pytest.approx(once)


warm_phrases = st.sampled_from(
    [
        phrase
        for kind in CUE_KINDS
        if kind.worth > 0 and kind.name != "exclamation"
        for phrase in kind.phrases
    ]
)


@given(st.lists(warm_phrases, min_size=1, max_size=30), st.integers(1, 20))
def test_warmth_is_diluted_by_neutral_words(phrases: list[str], times: int) -> None:
    text = "Noon. " + ". ".join(phrases)
    assert score(FILLER * times) == 0.0
    assert 0.0 < score(f"{text}. {FILLER * times}") <= score(text) + 1e-9


def test_one_trick_does_not_carry_far() -> None:
    assert score(FILLER + "wow! " * 400) <= 8.0


@given(st.lists(texts, max_size=8))
def test_a_score_depends_on_its_text_alone(batch: list[str]) -> None:
    seen: list[int] = []
    assert LEXICAL.score(batch, seen.append) == [score(text) for text in batch]
    assert sum(seen) == len(batch)


def test_no_phrase_stands_in_two_kinds() -> None:
    counts = Counter(phrase for kind in CUE_KINDS for phrase in kind.phrases)
    assert [phrase for phrase, count in counts.items() if count > 1] == []


def test_every_phrase_can_be_found() -> None:
    for kind in CUE_KINDS:
        for phrase in kind.phrases:
            value = score(f"{phrase}. {FILLER}")
            assert (value > 0) == (kind.worth > 0), phrase


def test_it_loads_no_model_library() -> None:
    code = (
        "import sys; from warmbench.warmth.measure import open_measure; "
        "open_measure('lexical').score(['Hello!']); print(' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "pandas"} & set(done.stdout.split())


def test_the_names() -> None:
    assert LEXICAL.name == "lexical-1"
    assert sorted(MEASURES) == list(MEASURES) == ["lexical", "sociot-cond", "sociot-humtdumt"]


def test_what_cannot_be_used_is_refused() -> None:
    with pytest.raises(UsageError, match="no warmth measure 'thermometer'; measures are lexical,"):
        open_measure("thermometer")
    with pytest.raises(UsageError, match="takes no model"):
        open_measure("lexical", model="gpt2")
    with pytest.raises(UsageError, match="only 'sociot-humtdumt' takes more"):
        open_measure("lexical", passes=3)
