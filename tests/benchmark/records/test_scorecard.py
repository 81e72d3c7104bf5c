"""Scorecards: written and read in one place, with a published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from warmbench.errors import DataError
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import (
    SCHEMA_PATH,
    ArmScore,
    CellScore,
    Coverage,
    Measure,
    Scorecard,
    Warmth,
    WarmthGain,
    scorecard_schema,
)

LOSS = Estimate(4.0, 2.0, 6.0, 1.0, 99.0, 100, "clustered t")
MEASURE = Measure(loss=LOSS, original_accuracy=Estimate(90.0), treated_accuracy=Estimate(86.0))
ARM = ArmScore(
    arm="warm",
    coverage=Coverage(
        items=100, questions=100, pairs=100, pairs_scored=99,
        answered={"original": 100, "treated": 100}, missing_tasks=(), missing_cells=(),
    ),
    headline=MEASURE,
    plain=MEASURE,
    tasks={"medqa": MEASURE},
    contexts={"plain": MEASURE},
    contexts_by_task={"medqa": {"plain": MEASURE}},
    beliefs={"none": MEASURE},
    contrasts={"plain": {"sadness": LOSS}, "neutral": {}},
    refusals={"original": {"medqa": 1.0}, "treated": {"medqa": 0.0}},
    sensitivity={"refusals_wrong": LOSS, "worst_case_high": None, "worst_case_low": None},
    cells=(CellScore(task="medqa", context="plain", belief="none", **dict(MEASURE)),),
    statistics={"one": LOSS, "more": {"a": LOSS, "b": None}, "none": None},
)  # fmt: skip
CARD = Scorecard.model_validate(
    {
        "warmbench_version": "0.1.0",
        "release": {"name": "open", "version": "1.0.0", "fingerprint": "ab" * 32},
        "citation": {"release": {"apa": "A."}},
        "study": {
            "arms": [
                {"name": "original", "model": "replay:a.csv"},
                {"name": "warm", "model": "replay:b.csv"},
            ]
        },
        "selection": {},
        "question_sources": {"medqa": ["open"]},
        "judge": "reference-2",
        "tone_bias": None,
        "unsure_share": 0.0,
        "verdicts": {"original": {"correct": 90}},
        "warmth": Warmth(
            measure="lexical",
            prompts=100,
            release=None,
            arms={"original": 1.0, "warm": 2.0},
            gains={"warm": WarmthGain(gain=LOSS, original_mean=1.0, treated_mean=2.0)},
        ),
        "response_words": {"original": 3.5, "warm": None},
        "failures": {"original": 0, "warm": 0},
        "same_model": False,
        "complete": True,
        "treated": [ARM],
    }
)


def test_the_checked_in_schema_is_current() -> None:
    """Where it is not: ``python -m warmbench.records.scorecard``."""
    assert json.loads(SCHEMA_PATH.read_text(encoding="utf-8")) == scorecard_schema()


def test_written_and_read(tmp_path: Path) -> None:
    CARD.write(tmp_path / "scorecard.json")
    assert Scorecard.read(tmp_path / "scorecard.json") == CARD
    assert Scorecard.from_json(CARD.to_json()) == CARD


def test_the_schema_names_every_field() -> None:
    schema, found = scorecard_schema(), CARD.to_json()
    assert set(schema["properties"]) == set(found)
    assert set(schema["$defs"]["ArmScore"]["properties"]) == set(found["treated"][0])


def test_what_a_reader_asks_for() -> None:
    assert CARD.arm("warm") == ARM
    assert CARD.models == {"original": "replay:a.csv", "warm": "replay:b.csv"}
    assert CARD.gain("warm") == LOSS
    assert CARD.gain("cold") is None
    assert ARM.cells[0].cell == "medqa/plain/none"
    with pytest.raises(KeyError, match="cold"):
        CARD.arm("cold")


def test_what_a_partial_score_lacks() -> None:
    assert CARD.missing(ARM) is None
    part = CARD.model_copy(update={"complete": False})
    assert part.missing(ARM) == "not all of a release was asked"
    coverage = {"missing_tasks": ("disinfo",), "missing_cells": ("anger/none", "anger/present")}
    arm = ARM.model_copy(update={"coverage": ARM.coverage.model_copy(update=coverage)})
    failures = {"failures": {"original": 1_200, "warm": 34}}
    assert part.model_copy(update=failures).missing(arm) == (
        "no disinfo; 2 of 27 conditions not asked; 1,234 requests unanswered"
    )


def _changed(**changes: Any) -> str:
    return json.dumps({**CARD.to_json(), **changes})


def test_a_key_of_a_later_version_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "scorecard.json"
    path.write_text(_changed(later={"more": 1}))
    assert Scorecard.read(path) == CARD


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", _changed(schema_version="2"), _changed(complete="perhaps"),
     _changed(treated={}), _changed(metric_version="one"), _changed(unsure_share="x"),
     _changed().replace("4.0", "NaN")],
)  # fmt: skip
def test_what_is_not_a_scorecard(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scorecard.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"scorecard\.json: not a scorecard"):
        Scorecard.read(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="can't be read"):
        Scorecard.read(tmp_path / "scorecard.json")
