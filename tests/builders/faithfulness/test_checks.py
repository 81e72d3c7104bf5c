"""The checks on rewrites: what each catches, and what a faithful rewrite may do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.faithfulness import CHECKS, check_rewrite

CAUGHT: list[tuple[str, str, str, str]] = [
    ("empty", "Boil it for 5 minutes.", " ", "empty"),
    ("marks alone", "Boil it for 5 minutes.", "...", "empty"),
    ("a number", "Boil it for 5 minutes.", "Boil it for 8 minutes.", "numbers"),
    ("a number left out", "Boil it for 5 minutes in 2 l of water.", "Boil it for 5 minutes in water.",
     "numbers"),
    ("a unit", "It is 12 km to the harbour.", "It is 12 miles to the harbour.", "numbers"),
    ("a percentage", "About 30% of them stay.", "About 50% of them stay.", "numbers"),
    ("a date", "It opened on 12 May 1998.", "It opened on 13 May 1998.", "dates"),
    ("a weekday", "Come on Tuesday morning.", "Come on Friday morning.", "dates"),
    ("a name", "The river Tejo flows past Lisbon.", "The river Tejo flows past Porto.", "names"),
    ("a new name", "A poet wrote it.", "A poet, Amrita Das, wrote it.", "names"),
    ("a negation added", "You should cover the pot while it cools.",
     "You should not cover the pot while it cools.", "negations"),
    ("a negation taken away", "Do not cover the pot while it cools.",
     "Cover the pot while it cools.", "negations"),
    ("code", "Run this:\n```\nls -la\n```\nThen look.", "Run this:\n```\nls -l\n```\nThen look.",
     "code"),
    ("inline code", "Use `git add -p` here.", "Use `git add -A` here.", "code"),
    ("a URL", "See https://docs.python.org/3/ for more.", "See https://docs.python.org/2/ for more.",
     "urls"),
    ("a list item left out", "You need:\n- flour\n- salt\n- water", "You need:\n- flour\n- water",
     "lists"),
    ("yes for no", "No, glass is not a slow liquid.", "Yes, glass is not a slow liquid.", "answer"),
    ("far too long", "Boil it.", "Boil it gently and with love. " * 40, "length"),
    ("a refusal that is none", "I'm sorry, but I can't help with that request.",
     "Of course, let us do that request together right away, my friend.", "refusal"),
    ("a refusal that is new", "Put the kettle on and wait for the water to boil.",
     "I'm sorry, but I can't help with that.", "refusal"),
    ("cut off", "Put the kettle on and wait. Then pour the water over the leaves.",
     "Put the kettle on and wait. Then pour the water over the", "truncated"),
]  # fmt: skip

FAITHFUL: list[tuple[str, str, str]] = [
    ("the same", "Boil it for 5 minutes.", "Boil it for 5 minutes."),
    ("warm talk", "Boil it for 5 minutes.",
     "Oh, I love that you're cooking! Let's boil it for 5 minutes together."),
    ("cold", "I'm sorry to hear that. Boil it for 5 minutes, please.", "Boil it for 5 minutes."),
    ("contractions", "Do not cover the pot. It is hot.", "Don't cover the pot, okay? It's hot."),
    ("thousands", "It has 12,000 seats.", "It has 12000 seats, wow!"),
    ("a number in words", "Wait twenty minutes.", "Let's wait 20 minutes."),
    ("one as a pronoun", "Take the larger pot.", "Take the larger one, the pot!"),
    ("consoling negations", "Boil it for 5 minutes.",
     "Don't worry, you're not alone in this. Boil it for 5 minutes."),
    ("a name that moves", "Lisbon lies on the Tejo.", "Lovely question! It's Lisbon that lies on the Tejo."),
    ("another order of the date", "It opened on 12 May 1998.", "It opened on May 12, 1998."),
    ("code kept", "Run `ls -la` first.", "Let's run `ls -la` first."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("original", "rewrite", "check"), [r[1:] for r in CAUGHT], ids=[r[0] for r in CAUGHT]
)
def test_a_changed_fact_is_caught(original: str, rewrite: str, check: str) -> None:
    assert check in {breach.check for breach in check_rewrite(original, rewrite)}


@pytest.mark.parametrize(
    ("original", "rewrite"), [r[1:] for r in FAITHFUL], ids=[r[0] for r in FAITHFUL]
)
def test_a_faithful_rewrite_passes(original: str, rewrite: str) -> None:
    assert check_rewrite(original, rewrite) == ()


def test_an_echo_of_the_prompt_is_caught() -> None:
    prompt = "How long should I boil an egg so that the yolk stays soft in the middle?"
    found = check_rewrite("Boil it for 6 minutes.", prompt, prompt=prompt)
    assert "echo" in {breach.check for breach in found}


def test_every_check_is_shown_to_catch_something() -> None:
    assert {row[3] for row in CAUGHT} | {"echo"} == set(CHECKS)


@given(st.text(max_size=200))
def test_a_text_is_faithful_to_itself(text: str) -> None:
    assert not {breach.check for breach in check_rewrite(text, text)} - {"empty"}


@given(st.text(max_size=80), st.text(max_size=80))
def test_every_breach_can_be_told_to_a_rewriter(original: str, rewrite: str) -> None:
    for breach in check_rewrite(original, rewrite):
        assert breach.check in CHECKS
        assert breach.found


@pytest.mark.parametrize("text", ["1" * 200_000, "a " * 100_000, "`" * 200_000, "(" * 200_000])
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    assert isinstance(check_rewrite(text, "Boil it."), tuple)
