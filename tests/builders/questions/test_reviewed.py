"""What readers decided about questions of others."""

from __future__ import annotations

import json

import pytest

from warmbench.errors import DataError
from warmbench_builders.questions.reviewed import (
    Chosen,
    load_chosen,
    load_left_out,
    parse_chosen,
)

ROW = {"question_id": "q1", "asserted": 2, "doubted": 0}


def _lines(*rows: object) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def test_a_choice_is_two_places() -> None:
    assert parse_chosen(_lines(ROW), "table") == {"q1": Chosen(asserted=2, doubted=0)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "table line 1 is not JSON"),
        (_lines([1]), "table line 1 holds list; it must hold asserted, doubted, question_id"),
        (_lines({"question_id": "q1"}), "table line 1 holds question_id; it must hold asserted"),
        (_lines(ROW, ROW), "table line 2: question_id is 'q1'; it must be a new text"),
        (_lines(ROW | {"doubted": -1}), "table line 1: doubted is -1; it must be a place from 0"),
        (_lines(ROW | {"asserted": True}), "table line 1: asserted is True"),
    ],
)
def test_a_bad_table_is_told_where(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_chosen(text, "table")


def test_the_packaged_reasons_are_few() -> None:
    assert set(load_left_out().values()) == {
        "a riddle or a sum",
        "a slur or an obscenity",
        "a tale, a saying or a joke",
        "its wording is garbled",
        "no answer makes a natural belief sentence",
        "the answer changes with time",
        "the key is disputed",
        "the wrong answers are not plausible",
    }


def test_what_is_left_out_has_no_choice() -> None:
    assert load_chosen()
    assert load_left_out().keys().isdisjoint(load_chosen())
