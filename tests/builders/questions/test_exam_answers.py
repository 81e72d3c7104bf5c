"""The tables of aliases and of questions left out."""

from __future__ import annotations

import json

import pytest

from warmbench.errors import DataError
from warmbench_builders.questions.exam_answers import (
    load_aliases,
    load_left_out,
    load_mended,
    parse_aliases,
    parse_left_out,
    parse_mended,
)


def _lines(*rows: object) -> str:
    return "\n".join(json.dumps(row) for row in rows)


TABLE = parse_aliases(
    _lines(
        {"answer": "Nadalol", "aliases": ["nadolol", "Corgard"]},
        {"answer": "Adenoma", "aliases": ["benign tumor"]},
        {"answer": "Adenoma", "question_id": "q1", "aliases": ["parathyroid adenoma"]},
        {"answer": "Syrinx", "aliases": ["benign tumor", "cavity"]},
    ),
    "table",
)


def test_an_answer_has_its_aliases_in_any_case() -> None:
    assert TABLE.of("nadalol", "q1") == ("nadolol", "Corgard")
    assert TABLE.of("Unknown", "q1") == ()


def test_a_row_for_one_question_stands_before_the_other() -> None:
    assert TABLE.of("Adenoma", "q1") == ("parathyroid adenoma",)
    assert TABLE.of("Adenoma", "q2") == ("benign tumor",)


def test_a_name_that_two_options_share_is_no_reference() -> None:
    assert TABLE.references(["Adenoma", "Syrinx"], "q2", "What is it?") == [
        ("Adenoma",),
        ("Syrinx", "cavity"),
    ]


def test_a_word_of_the_question_is_no_reference() -> None:
    question = "She takes Corgard. Is a syrinx likely?"
    assert TABLE.references(["Nadalol", "Syrinx"], "q2", question) == [
        ("Nadalol", "nadolol"),
        ("benign tumor", "cavity"),
    ]


def test_two_spellings_of_one_name_count_once() -> None:
    table = parse_aliases(_lines({"answer": "X-ray", "aliases": ["x ray", "plain film"]}), "t")
    assert table.references(["X-ray"], "q", "") == [("X-ray", "plain film")]


def test_the_option_itself_stands_first() -> None:
    table = parse_aliases(_lines({"answer": "IL-3", "aliases": ["factor", "il 3"]}), "t")
    assert table.references(["IL-3"], "q", "") == [("IL-3", "factor")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "table line 1 is not JSON"),
        (_lines({"answer": "A"}), "table line 1 holds answer; it must hold aliases, answer"),
        (_lines({"answer": "A", "aliases": "B"}), "it must be a list of texts"),
        (_lines({"answer": " ", "aliases": []}), "it must be text"),
        (_lines(*[{"answer": "A", "aliases": ["B"]}] * 2), "it may have one row"),
    ],
)
def test_a_broken_table_says_where(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_aliases(text, "table")


def test_a_question_is_left_out_once() -> None:
    row = {"question_id": "q1", "reason": "outdated key"}
    assert parse_left_out(_lines(row), "table") == {"q1": "outdated key"}
    with pytest.raises(DataError, match="table line 2: 'q1' is left out already"):
        parse_left_out(_lines(row, row), "table")


def test_the_packaged_aliases_are_other_names() -> None:
    table = load_aliases()
    entries = [*table.anywhere.items(), *((key[1], own) for key, own in table.in_question.items())]
    assert len(entries) > 1_000
    for answer, aliases in entries:
        folded = [alias.casefold() for alias in aliases]
        assert aliases, answer
        assert answer not in folded
        assert len(set(folded)) == len(folded), answer
        assert all(len(alias) > 2 and alias == alias.strip() for alias in aliases), answer


def test_the_packaged_reasons_are_few() -> None:
    assert set(load_left_out().values()) == {
        "cannot be graded without its options",
        "does not read well in lay words",
        "doubtful key",
        "outdated key",
        "several good answers",
    }


def test_a_mend_says_what_to_put_right() -> None:
    mend = parse_mended(
        _lines({"question_id": "q1", "replace": {"fremetus": "fremitus"}, "unfit": ["Primidone"]}),
        "table",
    )["q1"]
    assert mend.corrected("mild fremetus") == "mild fremitus"
    assert (mend.ask, mend.unfit) == (None, frozenset({"Primidone"}))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question_id": "q1", "replace": {"a": 1}}, "it must map texts to texts"),
        ({"question_id": "q1", "unfit": "a"}, "it must be a list of texts"),
        ({"question_id": "q1", "ask": " "}, "it must be text"),
        ({"question_id": "q1", "hint": "a"}, "holds question_id, hint"),
    ],
)
def test_a_broken_mend_says_where(row: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=f"^table line 1.*{message}"):
        parse_mended(_lines(row), "table")


def test_a_question_is_mended_once() -> None:
    with pytest.raises(DataError, match="line 2: 'q1' is mended already"):
        parse_mended(_lines({"question_id": "q1"}, {"question_id": "q1"}), "table")


def test_what_is_left_out_is_not_mended_as_well() -> None:
    assert not set(load_mended()) & set(load_left_out())
