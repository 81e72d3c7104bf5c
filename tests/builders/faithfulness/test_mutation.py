"""The power of the checks on the open SFT set."""

from __future__ import annotations

from functools import cache

import pytest

from warmbench_builders.faithfulness import check_rewrite
from warmbench_builders.faithfulness.__main__ import open_pairs
from warmbench_builders.faithfulness.mutation import MUTATIONS, RewritePair, plant, recall

LEAST = {
    "number": 0.95,
    "unit": 0.95,
    "date": 0.95,
    "name": 0.95,
    "negation_added": 0.8,
    "negation_removed": 0.9,
    "code": 0.95,
    "url": 0.95,
    "list_item": 0.95,
    "answer": 0.95,
}


@cache
def clean_pairs() -> tuple[RewritePair, ...]:
    return tuple(
        pair
        for pair in open_pairs()
        if not check_rewrite(pair.original, pair.rewrite, prompt=pair.prompt)
    )


def test_few_rewrites_as_written_raise_an_alarm() -> None:
    assert len(open_pairs()) == 682
    assert len(clean_pairs()) > 0.98 * 682


@pytest.mark.parametrize("kind", list(MUTATIONS))
def test_planted_changes_are_found(kind: str) -> None:
    mutants = plant(clean_pairs(), kind, 100)
    assert len(mutants) >= 70
    assert recall(mutants) >= LEAST[kind]


@pytest.mark.parametrize("kind", list(MUTATIONS))
def test_each_mutant_differs_in_one_place(kind: str) -> None:
    mutants = plant(clean_pairs(), kind, 100)
    assert mutants == plant(clean_pairs(), kind, 100)
    assert mutants[:10] != plant(clean_pairs(), kind, 100, seed=1)[:10]
    for mutant in mutants:
        text, whole = mutant.text, mutant.pair.rewrite
        start = next(n for n in range(len(text) + 1) if text[: n + 1] != whole[: n + 1])
        rest = next(n for n in range(len(text) + 1) if text[::-1][: n + 1] != whole[::-1][: n + 1])
        assert max(len(text), len(whole)) - start - rest < 150


HAND = [
    ("number", "It takes 20 minutes.", "It takes 23 minutes."),
    ("unit", "It takes 20 minutes.", "It takes 20 hours."),
    ("date", "Come on Tuesday.", "Come on Monday."),
    (
        "negation_added",
        "Because the lid is made of glass.",
        "Because the lid is not made of glass.",
    ),
    ("negation_removed", "It does not burn well.", "It does burn well."),
    ("code", "Run `ls`.", "Run `xs`."),
    ("list_item", "- flour\n- salt", "- flour\n"),
    ("answer", "No, it floats.", "Yes, it floats."),
]


@pytest.mark.parametrize(("kind", "text", "changed"), HAND, ids=[row[0] for row in HAND])
def test_by_hand(kind: str, text: str, changed: str) -> None:
    pair = RewritePair("p", text, text)
    mutants = [mutant.text for mutant in plant([pair], kind, 9)]
    assert changed in mutants
    assert text not in mutants


def test_what_is_no_fact_of_the_original_is_left_alone() -> None:
    pair = RewritePair("p", "Boil it.", "You are kind and it is lovely. Boil it.")
    assert not plant([pair], "negation_added", 9)
