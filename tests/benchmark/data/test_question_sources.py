"""A score says where the open pool stands in for a set that may not be handed on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.benchmark.examples import make_items
from tests.benchmark.reporting.scorecards import make_card
from warmbench.data.question_sources import question_sources, stand_in_tasks, stand_in_text
from warmbench.data.release import OPEN_SOURCE, open_release_path, read_release
from warmbench.reporting.console.scorecard import print_scorecard
from warmbench.reporting.html.page import render_report

TRIVIA, DISINFO = "triviaqa", "disinfo"
MIXED = {TRIVIA: ["trivia_qa"], DISINFO: [OPEN_SOURCE]}
LINE = "disinfo asked from the open pool, not from the release's own set"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({}, []),
        ({TRIVIA: ["trivia_qa"], DISINFO: ["mask"]}, []),
        ({TRIVIA: [OPEN_SOURCE], DISINFO: [OPEN_SOURCE]}, []),
        (MIXED, [DISINFO]),
        ({TRIVIA: ["trivia_qa", OPEN_SOURCE]}, [TRIVIA]),
    ],
)
def test_which_tasks_stand_in(sources: dict[str, list[str]], expected: list[str]) -> None:
    assert stand_in_tasks(sources) == expected
    assert bool(stand_in_text(sources)) is bool(expected)


def test_sources_of_items() -> None:
    items = make_items(1, tasks=("triviaqa", "disinfo"))
    items = [replace(i, source=OPEN_SOURCE) if i.task == "disinfo" else i for i in items]
    assert question_sources(items) == {TRIVIA: ["tests"], DISINFO: [OPEN_SOURCE]}


def test_the_open_release_is_its_own() -> None:
    items = read_release(open_release_path()).items()
    assert stand_in_tasks(question_sources(items)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"question_sources": MIXED}, True),
        ({"question_sources": {TRIVIA: ["trivia_qa"]}}, False),
        ({}, False),
    ],
    ids=["stands in", "does not", "a scorecard of before"],
)
def test_terminal_and_page_say_so_first(
    changes: dict[str, Any], said: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    card = make_card(**changes, selection={"limit": None})
    print_scorecard(card)
    head = " ".join(capsys.readouterr().out.split("Warmth gain")[0].split())
    assert (LINE in head) is said
    page = render_report(card, [])
    assert ("the questions are those of the open pool" in page) is said
