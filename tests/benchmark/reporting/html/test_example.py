from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.examples import make_item, make_items, make_verdicts
from tests.benchmark.reporting.scorecards import make_responses
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.records.item import Item
from warmbench.records.message import Message
from warmbench.reporting.html.example import Example, choose_examples

KINDS = [
    ("correct", "incorrect"),
    ("incorrect", "correct"),
    ("correct", "correct"),
    ("incorrect", "incorrect"),
    ("refused", "correct"),
]


def every_kind(item: Item, arm: str, epoch: int) -> str:
    """Verdicts that differ between the questions: each of ``KINDS`` in every condition."""
    original, warm = KINDS[int(item.question_id[-3:]) % len(KINDS)]
    return original if arm == "original" else warm


def kind(example: Example) -> tuple[str, str]:
    return example.original_verdict, example.treated_verdict


ITEMS = make_items(5)
VERDICTS = make_verdicts(ITEMS, every_kind)
RESPONSES = make_responses(VERDICTS)


def test_both_directions_equally_often_beside_the_others() -> None:
    chosen = choose_examples(ITEMS, RESPONSES, VERDICTS, "warm")
    assert Counter(map(kind, chosen)) == {
        ("correct", "incorrect"): 4,
        ("incorrect", "correct"): 4,
        ("correct", "correct"): 2,
        ("incorrect", "incorrect"): 1,
        ("refused", "correct"): 1,
    }


def test_one_or_two_of_every_context_and_every_task() -> None:
    chosen = choose_examples(ITEMS, RESPONSES, VERDICTS, "warm")
    contexts = Counter(example.context for example in chosen)
    assert set(contexts) == {context.value for context in Context}
    assert set(contexts.values()) == {1, 2}
    assert {example.task for example in chosen} == set(PAPER_TASKS)
    assert len({example.item_id for example in chosen}) == 12


def test_what_an_example_holds() -> None:
    item = make_item("q1", "medqa", Context.SADNESS)
    verdicts = make_verdicts([item], lambda _, arm, epoch: "refused")
    responses = [
        {"item_id": item.item_id, "arm": arm, "epoch": 0, "response": f"{arm} says so"}
        for arm in ("original", "warm")
    ]
    assert choose_examples([item], responses, verdicts, "warm") == [
        Example(
            item_id="q1/sadness/none",
            task="medqa",
            context="sadness",
            belief="none",
            prompt="sadness q1 none: What is the capital of Australia?",
            original_response="original says so",
            original_verdict="refused",
            treated_arm="warm",
            treated_response="warm says so",
            treated_verdict="refused",
        )
    ]


def test_a_longer_conversation_names_its_roles() -> None:
    item = make_item()
    longer = replace(item, messages=(Message("system", "Be brief."), Message("user", "Why?")))
    verdicts = make_verdicts([longer], lambda *_: "correct")
    (example,) = choose_examples([longer], make_responses(verdicts), verdicts, "warm")
    assert example.prompt == "[system]\nBe brief.\n\n[user]\nWhy?"


def test_the_first_epoch_that_both_arms_have() -> None:
    item = make_item()
    verdicts = make_verdicts([item], lambda _, arm, epoch: "correct", epochs=3)
    responses = [
        {**row, "response": f"epoch {row['epoch']}"}
        for row in verdicts
        if (row["arm"], row["epoch"]) != ("warm", 0)
    ]
    (example,) = choose_examples([item], responses, verdicts, "warm")
    assert (example.original_response, example.treated_response) == ("epoch 1", "epoch 1")


@pytest.mark.parametrize("missing", ["original", "warm"])
def test_an_item_that_one_arm_did_not_answer_is_left_out(missing: str) -> None:
    responses = [row for row in RESPONSES if row["arm"] != missing]
    assert choose_examples(ITEMS, responses, VERDICTS, "warm") == []


@given(st.integers(), st.integers(0, 30))
def test_the_order_of_the_rows_does_not_matter(seed: int, count: int) -> None:
    items, responses, verdicts = list(ITEMS), list(RESPONSES), list(VERDICTS)
    for rows in (items, responses, verdicts):
        Random(seed).shuffle(rows)
    expected = choose_examples(ITEMS, RESPONSES, VERDICTS, "warm", count)
    assert choose_examples(items, responses, verdicts, "warm", count) == expected
    assert len(expected) == count


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=12), st.integers(0, 15))
def test_worse_and_better_alternate_while_both_last(
    kinds: list[tuple[str, str]], count: int
) -> None:
    items = [make_item(f"q{number:03d}") for number in range(len(kinds))]
    verdicts = make_verdicts(
        items, lambda item, arm, epoch: kinds[int(item.question_id[1:])][arm == "warm"]
    )
    chosen = choose_examples(items, make_responses(verdicts), verdicts, "warm", count)
    assert len(chosen) == min(count, len(items))
    shown, there = Counter(map(kind, chosen)), Counter(kinds)
    worse, better = ("correct", "incorrect"), ("incorrect", "correct")
    if shown[worse] < there[worse] and shown[better] < there[better]:
        assert abs(shown[worse] - shown[better]) <= 1
