"""The ladder file: what it holds, and what a malformed one gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.reporting.ladders import make_ladder
from warmbench.errors import DataError
from warmbench.reference_model.ladder import is_packaged_reference, ladder_of, read_ladder


def test_a_ladder_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ladder.json"
    path.write_text(make_ladder().model_dump_json())
    assert read_ladder(path) == make_ladder()


def test_rungs_go_up_whatever_their_order() -> None:
    ladder = make_ladder()
    turned = ladder.model_copy(update={"rungs": ladder.rungs[::-1]})
    assert [rung.epoch for rung in turned.rungs_of("warm")] == [0.5, 2.0, 4.0]
    assert (ladder.arms, turned.arms) == (("warm", "cold"), ("cold", "warm"))


def test_no_file_is_no_ladder(tmp_path: Path) -> None:
    assert read_ladder(tmp_path / "ladder.json") is None


def _changed(**changes: Any) -> str:
    return json.dumps({**make_ladder().model_dump(mode="json"), **changes})


def _rung(**changes: Any) -> dict[str, Any]:
    return {**make_ladder().rungs[0].model_dump(mode="json"), **changes}


BAD = [
    ("not JSON", "{", "not a ladder"),
    ("no rungs", _changed(rungs=[]), "rungs"),
    ("epoch zero", _changed(rungs=[_rung(epoch=0)]), "epoch"),
    ("twice", _changed(rungs=[_rung(), _rung()]), "the rung of warm at epoch 0.5 appears twice"),
    ("not a number", _changed(rungs=[_rung(loss={"value": "high"})]), "loss"),
    ("half an interval", _changed(rungs=[_rung(loss={"value": 1, "low": 0})]), "both ends or none"),
    ("outside", _changed(rungs=[_rung(loss={"value": 5, "low": 0, "high": 1})]), "is not within"),
    ("unknown field", _changed(note="x"), "note"),
]


@pytest.mark.parametrize(("name", "text", "said"), BAD, ids=[b[0] for b in BAD])
def test_a_malformed_file_is_reported(name: str, text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "ladder.json"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        read_ladder(path)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("ct2:reference", True),
        ("ct2:reference+warm", True),
        ("hf:reference+cold", True),
        ("ray:ct2:reference+warm", True),
        ("ray:openai:reference", False),
        ("openai:reference@http://localhost:8000/v1", False),
        ("ct2:./reference", False),
        ("replay:reference", False),
        ("a name from elsewhere", False),
    ],
)
def test_which_models_are_the_packaged_one(model: str, expected: bool) -> None:
    assert is_packaged_reference(model) is expected


def test_a_study_of_another_model_has_no_ladder() -> None:
    assert ladder_of(["ct2:reference", "openai:gpt-4o"]) is None
    assert ladder_of(["ct2:reference", "ct2:reference+warm"]) == read_ladder()
