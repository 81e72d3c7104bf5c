"""The gate on studies whose losses are known, and its JUnit file."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.benchmark.examples import make_items, make_scorecard, make_verdicts
from warmbench.conditions import Context
from warmbench.errors import UsageError
from warmbench.records.item import Item
from warmbench.records.scorecard import Scorecard
from warmbench.reporting.gate import junit_xml
from warmbench.scoring.gate import Gate, gate_of
from warmbench.statistics.arm_score import score_arm

QUESTIONS = 100
ORDER = {1: 0, 3: 1, 0: 2}


def number(item: Item) -> int:
    return int(item.question_id[-3:])


def card_of(
    wrong: Callable[[Item], bool], items: list[Item] | None = None, **changed: Any
) -> Scorecard:
    """A scorecard whose original is always right, and whose warm arm is wrong where
    ``wrong(item)``."""
    asked = items or make_items(QUESTIONS, contexts=(Context.PLAIN, Context.SADNESS))
    verdicts = make_verdicts(
        asked, lambda i, arm, e: "incorrect" if arm == "warm" and wrong(i) else "correct"
    )
    return make_scorecard(score_arm(asked, verdicts, "warm"), **changed)


CARD = card_of(lambda i: number(i) < (20 if i.context is Context.SADNESS else 2))
"""Loses 20 % of sad questions and 2 % of plain ones, in every task."""


CHECKS = [
    ("headline", {}, "undecided", 3),  # 11 % [-2.4]
    ("headline, wide", {"max_loss": 15.0}, "within", 0),
    ("headline, narrow", {"max_loss": 5.0}, "exceeded", 1),
    ("plain", {"max_loss": 5.0, "contexts": [Context.PLAIN]}, "within", 0),
    ("sad", {"max_loss": 5.0, "contexts": [Context.SADNESS]}, "exceeded", 1),
    ("sad in one task", {"max_loss": 15.0, "contexts": [Context.SADNESS],
                         "tasks": ["medqa"]}, "undecided", 3),
    ("one beyond, one within", {"max_loss": 5.0, "contexts": [Context.PLAIN, Context.SADNESS]},
     "exceeded", 1),
    ("one open, one within", {"max_loss": 20.0, "contexts": [Context.PLAIN, Context.SADNESS]},
     "undecided", 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options", "verdict", "status"), CHECKS, ids=[c[0] for c in CHECKS]
)
def test_verdict_and_exit_status(
    name: str, options: dict[str, Any], verdict: str, status: int
) -> None:
    found = gate_of(CARD, **{"max_loss": 11.0, **options})
    assert (found.verdict, found.exit_status) == (verdict, status)


def test_the_bound_is_one_sided_and_clustered_by_question() -> None:
    """One task, one context, 20 of 100 questions lost: sd / sqrt(Q) = 4.02 points."""
    (check,) = gate_of(CARD, max_loss=5, tasks=["medqa"], contexts=[Context.SADNESS]).checks
    error = 100 * (0.2 * 0.8 / 99) ** 0.5
    assert check.name == "medqa/sadness"
    assert check.result.upper == pytest.approx(20 + stats.t.ppf(0.95, 99) * error)
    assert check.result.lower == pytest.approx(20 - stats.t.ppf(0.95, 99) * error)
    strict = gate_of(CARD, max_loss=5, confidence=0.99, tasks=["medqa"], contexts=[Context.SADNESS])
    assert strict.checks[0].result.upper == pytest.approx(20 + stats.t.ppf(0.99, 99) * error)


def test_checks_are_each_task_in_each_context() -> None:
    found = gate_of(
        CARD,
        max_loss=5,
        tasks=["medqa", "disinfo"],
        contexts=[Context.PLAIN, Context.SADNESS],
    )
    assert [check.name for check in found.checks] == [
        "medqa/plain", "medqa/sadness", "disinfo/plain", "disinfo/sadness",
    ]  # fmt: skip


def test_an_incomplete_run_is_said_and_a_complete_one_is_not() -> None:
    assert gate_of(CARD, max_loss=5).partial is None
    part = CARD.model_copy(update={"complete": False, "failures": {"original": 0, "warm": 7}})
    said = gate_of(part, max_loss=5).partial
    assert said is not None
    assert "7 requests unanswered" in said


def test_the_json_holds_all_and_is_plain() -> None:
    found = gate_of(CARD, max_loss=5, contexts=[Context.SADNESS]).to_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["verdict"], found["exit_status"], found["bounds"]) == ("exceeded", 1, "one-sided")
    (check,) = found["checks"]
    assert check["loss"]["value"] == pytest.approx(20.0)
    assert (check["task"], check["context"]) == (None, "sadness")


REFUSED = [
    ("arm", {"arm": "cold"}, "the run has no treated arm 'cold'; it has warm"),
    ("context", {"contexts": [Context.ANGER]},
     "the run has no answers with verdicts in anger; it has plain, sadness"),
    ("margin", {"max_loss": float("nan")}, "the margin must be between -100 and 100 points"),
    ("confidence", {"confidence": 95.0}, "the confidence must be at least 0.5 and less than 1, found 95"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "expected"), REFUSED, ids=[r[0] for r in REFUSED])
def test_what_was_not_measured_is_reported(
    name: str, options: dict[str, Any], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected):
        gate_of(CARD, **{"max_loss": 3.0, **options})


def test_a_task_that_was_not_asked_is_reported() -> None:
    card = card_of(lambda i: False, make_items(3, tasks=("medqa",)))
    with pytest.raises(UsageError, match="the run did not ask disinfo; it asked medqa"):
        gate_of(card, max_loss=3, tasks=["disinfo"])


def test_a_task_without_verdicts_is_never_passed_over() -> None:
    items = make_items(3, tasks=("medqa", "disinfo"))
    verdicts = make_verdicts(
        items, lambda i, arm, e: "correct" if i.task == "medqa" else "unscored"
    )
    card = make_scorecard(score_arm(items, verdicts, "warm"))
    with pytest.raises(UsageError, match="no loss of disinfo"):
        gate_of(card, max_loss=3)


@given(st.floats(-100, 100), st.floats(-100, 100))
@settings(max_examples=60, deadline=None)
def test_a_wider_margin_never_gets_a_worse_status(one: float, other: float) -> None:
    narrow, wide = sorted((one, other))
    contexts = [Context.PLAIN, Context.SADNESS]
    statuses = [
        gate_of(CARD, max_loss=margin, contexts=contexts).exit_status for margin in (narrow, wide)
    ]
    assert ORDER[statuses[0]] <= ORDER[statuses[1]]


def parsed(gate: Gate) -> ET.Element:
    return ET.fromstring(junit_xml(gate))


def test_the_junit_file_has_a_case_a_check() -> None:
    gate = gate_of(CARD, max_loss=20.0, tasks=["medqa"], contexts=[Context.PLAIN, Context.SADNESS])
    gate_narrow = gate_of(CARD, max_loss=5.0, contexts=[Context.SADNESS])
    root = parsed(gate)
    assert (root.tag, [child.tag for child in root]) == ("testsuites", ["testsuite"])
    suite = root[0]
    assert {key: suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "warmbench.gate.warm", "tests": "2", "failures": "0", "errors": "0", "skipped": "1",
    }  # fmt: skip
    plain, sad = suite.findall("testcase")
    assert (plain.get("name"), sad.get("name")) == ("medqa/plain", "medqa/sadness")
    assert [child.tag for child in plain] == ["system-out"]
    assert [child.tag for child in sad] == ["skipped", "system-out"]
    failed = parsed(gate_narrow)[0].find("testcase")
    assert failed is not None
    assert [child.tag for child in failed] == ["failure", "system-out"]
    assert parsed(gate_narrow)[0].get("failures") == "1"


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_any_text_makes_valid_xml(text: str) -> None:
    gate = gate_of(CARD, max_loss=5.0, contexts=[Context.SADNESS])
    hostile = replace(gate, model=text + "\x00\ud800<&\"'", partial=text + "\x00")
    assert parsed(hostile)[0].tag == "testsuite"
