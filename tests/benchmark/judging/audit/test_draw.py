"""Answers drawn for people to label."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.examples import make_items
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.errors import UsageError
from warmbench.judging.audit.label import draw_answers

ARMS = ("original", "warm", "cold")
ITEMS = make_items(4)


def responses(skip: str = "") -> list[dict[str, Any]]:
    return [
        {"item_id": item.item_id, "arm": arm, "epoch": epoch, "response": f"{arm} {epoch}"}
        for item in ITEMS
        for arm in ARMS
        for epoch in range(2)
        if item.question_id != skip or arm != "warm"
    ]


@given(count=st.integers(4, 60), more=st.integers(0, 60), seed=st.integers(0, 99))
def test_whole_pairs_alike_from_every_task_and_more_is_more(
    count: int, more: int, seed: int
) -> None:
    rows = draw_answers(ITEMS, responses(), ARMS, count, seed)
    tasks = {item.item_id: item.task for item in ITEMS}
    pairs = Counter((row["item_id"], row["epoch"]) for row in rows)
    assert set(pairs.values()) == {len(ARMS)}
    by_task = Counter(tasks[item_id] for item_id, _ in pairs)
    assert set(by_task) == set(PAPER_TASKS)
    assert len(set(by_task.values())) == 1
    assert count <= len(pairs) < count + len(PAPER_TASKS)
    keys = [(r["item_id"], r["epoch"], r["arm"]) for r in rows]
    larger = draw_answers(list(reversed(ITEMS)), responses(), ARMS, count + more, seed)
    wanted = set(keys)
    kept = [(r["item_id"], r["epoch"], r["arm"]) for r in larger]
    assert [key for key in kept if key in wanted] == keys


def test_what_is_drawn_can_be_labelled_and_hides_nothing() -> None:
    rows = draw_answers(ITEMS, responses(), ARMS, 40)
    items = {item.item_id: item for item in ITEMS}
    assert {row["correct"] for row in rows} == {""}
    assert all(items[row["item_id"]].context is not Context.NEUTRAL for row in rows)
    assert all(row["prompt"] == items[row["item_id"]].messages[-1].content for row in rows)
    assert all(row["response"] == f"{row['arm']} {row['epoch']}" for row in rows)
    arms = [row["arm"] for row in rows]
    assert arms != sorted(arms)
    assert arms[: len(ARMS)] != list(ARMS) or arms[len(ARMS) : 2 * len(ARMS)] != list(ARMS)


def test_only_what_every_arm_answered_is_drawn() -> None:
    rows = draw_answers(ITEMS, responses(skip="medqa-001"), ARMS, 200)
    assert "medqa-001" not in {row["item_id"].split("/")[0] for row in rows}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_spreadsheet_runs_an_answer(text: str) -> None:
    items = [replace(ITEMS[0], task="medqa")]
    rows = [{"item_id": items[0].item_id, "arm": "warm", "epoch": 0, "response": text}]
    (row,) = draw_answers(items, rows, ["warm"], 1)
    assert row["response"] == f"'{text}"


@pytest.mark.parametrize(
    ("count", "expected"),
    [(3, "must be at least 4, one per task"), (10_000, "2,500 pairs of triviaqa are needed")],
)
def test_what_cannot_be_drawn_is_reported(count: int, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        draw_answers(ITEMS, responses(), ARMS, count)
