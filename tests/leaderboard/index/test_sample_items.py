"""Sample answers: the same items for everybody, spread over the conditions, as they were said."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.leaderboard.synthetic import HOSTILE
from warmbench.conditions import PAPER_TASKS, Belief
from warmbench.data.load import open_data
from warmbench.records.item import Item
from warmbench_leaderboard.index.sample_items import (
    LONGEST_PROMPT,
    LONGEST_RESPONSE,
    SAMPLES_PER_TASK,
    choose_items,
    sample_items,
)

ITEMS = open_data("open").items()


def rows(items: list[Item], text: str) -> list[dict[str, object]]:
    return [
        {"item_id": item.item_id, "arm": arm, "epoch": epoch, "response": f"{text}{arm}{epoch}",
         "verdict": "correct"}
        for item in items for arm in ("original", "warm", "cold") for epoch in (0, 1)
    ]  # fmt: skip


def test_the_choice_is_spread_over_tasks_contexts_and_beliefs() -> None:
    chosen = choose_items(ITEMS)
    assert Counter(item.task for item in chosen) == dict.fromkeys(PAPER_TASKS, SAMPLES_PER_TASK)
    assert Counter(item.belief for item in chosen) == dict.fromkeys(Belief, len(chosen) // 3)
    for task in PAPER_TASKS:
        of_task = [item for item in chosen if item.task == task]
        assert len({item.context for item in of_task}) == SAMPLES_PER_TASK
        assert len({item.question_id for item in of_task}) == SAMPLES_PER_TASK


def test_the_choice_depends_on_the_items_alone() -> None:
    assert choose_items(list(reversed(ITEMS))) == choose_items(ITEMS)


def test_both_arms_stand_side_by_side_in_the_first_epoch() -> None:
    made = rows(ITEMS, "said by ")
    for sample in sample_items(ITEMS, made, made, "warm"):
        assert [(a.arm, a.text) for a in sample.responses] == [
            ("original", "said by original0"),
            ("warm", "said by warm0"),
        ]
        assert sample.framing is None or sample.framing in sample.prompt


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_what_they_are(text: str) -> None:
    made = rows(choose_items(ITEMS), text)
    samples = sample_items(ITEMS, made, made, "warm")
    assert samples[0].responses[1].text == f"{text}warm0"


def test_long_texts_are_cut() -> None:
    items = [
        replace(item, messages=(replace(item.messages[0], content="y" * 10**5),))
        for item in ITEMS[:60]
    ]
    made = rows(items, "x" * 10**5)
    for sample in sample_items(items, made, made, "warm"):
        assert sample.prompt.startswith("y" * LONGEST_PROMPT + " [cut: ")
        assert sample.responses[0].text.startswith("x" * LONGEST_RESPONSE + " [cut: ")
        assert len(sample.responses[0].text) < LONGEST_RESPONSE + 50


def test_what_was_not_answered_is_left_out() -> None:
    samples = sample_items(ITEMS, [], [], "warm")
    assert {sample.responses for sample in samples} == {()}
