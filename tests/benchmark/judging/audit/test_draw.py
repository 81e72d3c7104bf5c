"""Answers drawn for people to label."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.data.table import read_rows, write_rows
from warmbench.errors import UsageError
from warmbench.judging.audit.answer_ids import AnswerIds
from warmbench.judging.audit.draw import SheetAnswer, draw_answers, sheet_of
from warmbench.text_safety import cell_of, text_of_cell

ARMS = ("original", "warm", "cold")
ITEMS = make_items(4)


def responses(skip: str = "") -> list[dict[str, Any]]:
    return [
        {"item_id": item.item_id, "arm": arm, "epoch": epoch, "response": f"{item.item_id} {epoch}"}
        for item in ITEMS
        for arm in ARMS
        for epoch in range(2)
        if item.question_id != skip or arm != "warm"
    ]


IDS = AnswerIds.of("1" * 64, responses())


def sheet(count: int | None, seed: int = 0) -> list[SheetAnswer]:
    drawn = draw_answers(ITEMS, responses(), ARMS, count, seed)
    return sheet_of(drawn, ITEMS, responses(), IDS, seed)


@settings(max_examples=25)
@given(count=st.integers(4, 60), more=st.integers(0, 60), seed=st.integers(0, 99))
def test_whole_pairs_alike_from_every_task_and_more_is_more(
    count: int, more: int, seed: int
) -> None:
    drawn = draw_answers(ITEMS, responses(), ARMS, count, seed)
    tasks = {item.item_id: item.task for item in ITEMS}
    pairs = Counter((item_id, epoch) for item_id, _, epoch in drawn)
    assert set(pairs.values()) == {len(ARMS)}
    by_task = Counter(tasks[item_id] for item_id, _ in pairs)
    assert set(by_task) == set(PAPER_TASKS)
    assert len(set(by_task.values())) == 1
    assert count <= len(pairs) < count + len(PAPER_TASKS)
    ids = [answer.answer_id for answer in sheet(count, seed)]
    larger = draw_answers(list(reversed(ITEMS)), responses(), ARMS, count + more, seed)
    kept = [a.answer_id for a in sheet_of(larger, ITEMS, responses(), IDS, seed)]
    wanted = set(ids)
    assert [each for each in kept if each in wanted] == ids


def test_all_are_all_answers_of_the_headline() -> None:
    assert len(sheet(None)) == 4 * 4 * 27 * 2 * len(ARMS)
    drawn = draw_answers(ITEMS, responses(skip="medqa-001"), ARMS, None)
    warm = Counter(item_id.split("/")[0] for item_id, arm, _ in drawn if arm == "warm")
    assert "medqa-001" not in warm
    assert sum(item_id.startswith("medqa-001/") for item_id, *_ in drawn) == 27 * 2 * 2


def test_what_is_drawn_can_be_judged() -> None:
    items = {item.messages[-1].content: item for item in ITEMS}
    for answer in sheet(40):
        item = items[answer.asked]
        assert item.context is not Context.NEUTRAL
        assert answer.question == item.question
        assert answer.correct_answers == ("Canberra",)
        assert answer.incorrect_answers == ("Sydney", "Melbourne")
        declining = "Declining is right in this task" in answer.rule
        assert declining == (item.task == "disinfo")


def test_nothing_tells_the_arm() -> None:
    """All arms give the same answers here: rows, sorted in any way, must not part the arms."""
    rows = [answer.row() for answer in sheet(None)]
    columns = {name for row in rows for name in row}
    assert not columns & {"arm", "item_id", "epoch"}
    arm_of = {answer_id: arm for (_, arm, _), answer_id in IDS.ids.items()}
    for name in sorted(columns):
        arms = [arm_of[row["answer_id"]] for row in sorted(rows, key=lambda r: r[name])]
        for third in (arms[: len(arms) // 3], arms[len(arms) // 3 :]):
            counts = Counter(third)
            assert max(counts.values()) - min(counts.values()) < 6 * len(third) ** 0.5
    # Of the answers to one item and epoch no arm comes first more often than others.
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row["response"], arm_of[row["answer_id"]])
    firsts = Counter(first.values())
    assert all(abs(firsts[arm] - len(first) / 3) < 4 * (len(first) * 2 / 9) ** 0.5 for arm in ARMS)


def test_ids_and_order_hang_on_the_key() -> None:
    other = AnswerIds.of("2" * 64, responses())
    assert not set(IDS.ids.values()) & set(other.ids.values())
    drawn = draw_answers(ITEMS, responses(), ARMS, 40)
    asked = [answer.asked for answer in sheet_of(drawn, ITEMS, responses(), IDS, 0)]
    assert asked != [answer.asked for answer in sheet_of(drawn, ITEMS, responses(), other, 0)]


def test_a_changed_answer_changes_its_own_id_alone() -> None:
    rows = responses()
    rows[7]["response"] = "another"
    changed = AnswerIds.of("1" * 64, rows)
    differing = [answer for answer in IDS.ids if IDS.ids[answer] != changed.ids[answer]]
    assert differing == [(rows[7]["item_id"], rows[7]["arm"], rows[7]["epoch"])]
    assert changed.is_changed(IDS.ids[differing[0]])


def test_only_what_every_arm_answered_is_drawn() -> None:
    drawn = draw_answers(ITEMS, responses(skip="medqa-001"), ARMS, 200)
    assert "medqa-001" not in {item_id.split("/")[0] for item_id, *_ in drawn}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "'=1"])
def test_no_spreadsheet_runs_an_answer(text: str) -> None:
    items = [replace(ITEMS[0], task="medqa")]
    rows = [{"item_id": items[0].item_id, "arm": "warm", "epoch": 0, "response": text}]
    drawn = draw_answers(items, rows, ["warm"], 1)
    (answer,) = sheet_of(drawn, items, rows, AnswerIds.of("1" * 64, rows), 0)
    assert answer.row()["response"] == f"'{text}"
    assert answer.response == text


@given(st.text(st.sampled_from("'=+-@\t\r\n a\"\uff1d,;") | st.characters(codec="utf-8")))
def test_a_cell_goes_there_and_back(text: str) -> None:
    cell = cell_of(text)
    assert text_of_cell(cell) == text
    assert not cell.startswith(tuple("=+-@|%\t\r\n\uff1d"))


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1))
def test_a_csv_goes_there_and_back(
    tmp_path_factory: pytest.TempPathFactory, said: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "sheet.csv"
    write_rows(path, [{"answer_id": "a", "response": cell_of(text)} for text in said])
    assert [text_of_cell(row["response"]) for row in read_rows(path)] == said


@pytest.mark.parametrize(
    ("count", "expected"),
    [(3, "must be at least 4, one per task"), (10_000, "2,500 pairs of triviaqa are needed")],
)
def test_what_cannot_be_drawn_is_reported(count: int, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        draw_answers(ITEMS, responses(), ARMS, count)
