from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from warmbench_builders.questions.answer_kind import AnswerKind, Kind
from warmbench_builders.questions.wrong_answer import (
    CorpusRow,
    WrongAnswerChooser,
    canonical_answer,
    clean_aliases,
    is_certainly_wrong,
)

CLEANED = [
    ("empty", ["", "  ", "Oslo"], ("Oslo",)),
    ("emoji alone", ["\N{HELICOPTER}", "Helicopter"], ("Helicopter",)),
    ("disambiguation", ["Wye (disambiguation)", "Wye"], ("Wye",)),
    ("list", ["List of mills", "Lists of mills", "Mill"], ("Mill",)),
    ("code", ["ISO 3166-1:NO", "UN/LOCODE:NOOSL", "Norway"], ("Norway",)),
    ("topic of an alias", ["History of Oslo", "Oslo"], ("Oslo",)),
    ("a title like a topic", ["Death of a Salesman"], ("Death of a Salesman",)),
    ("bracket cut, once", ["Wye (river)", "Wye"], ("Wye",)),
    ("quote sign", ["Jo %22Ace%22 Hill"], ('Jo "Ace" Hill',)),
    ("order and spellings kept", ["Helecopter", "Copter", "Helicopter"],
     ("Helecopter", "Copter", "Helicopter")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("aliases", "cleaned"), [row[1:] for row in CLEANED], ids=[row[0] for row in CLEANED]
)
def test_clean_aliases(aliases: list[str], cleaned: tuple[str, ...]) -> None:
    assert clean_aliases(aliases) == cleaned


@given(st.lists(st.text(max_size=20), max_size=8))
def test_cleaned_aliases_have_letters_and_differ(aliases: list[str]) -> None:
    cleaned = clean_aliases(aliases)
    assert len(set(cleaned)) == len(cleaned)
    assert all(regex.search(r"[\p{L}\p{N}]", alias) for alias in cleaned)


CANONICAL = [
    ("misspellings", ["Cello", "Chello", "Cellos", "\N{VIOLIN}", "Cello (instrument)"],
     "What instrument is played sitting?", "Cello"),
    ("surname first", ["Hill, Jo", "Jo Hill", "Jo Hil", "Hill"], "Who wrote it?", "Jo Hill"),
    ("shouted", ["JO HILL", "Jo hill", "Jo Hill's Garden"], "Who wrote it?", "Jo Hill"),
    ("town with its country", ["Ashby, England", "Ashby", "Ashby upon Soar", "Ashbey"],
     "Which town has the mill?", "Ashby"),
    ("topics point to it", ["Qahirabad", "History of Quill", "The weather in Quill", "Quill"],
     "Which city is it?", "Quill"),
    ("country by its everyday name", ["Kingdom of Norway", "Norge", "Norway", "Noreg"],
     "Which country has the most fjords?", "Norway"),
    ("figures before words", ["twelve", "12"], "How many are there?", "12"),
    ("not the question's words", ["Capital of Norway", "Oslo"], "What is the capital of Norway?",
     "Oslo"),
    ("abbreviation kept", ["BBC"], "Which network shows it?", "BBC"),
    ("title in capitals", ["THE OLD MILL", "Old mill"], "Which film is it?", "The Old Mill"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("aliases", "question", "shown"), [row[1:] for row in CANONICAL], ids=[r[0] for r in CANONICAL]
)
def test_canonical_answer(aliases: list[str], question: str, shown: str) -> None:
    assert canonical_answer(aliases, question) == shown


@given(st.permutations(["Jo Hill", "Hill, Jo", "JO HILL", "Joe Hil", "Hill", "Jo Hill (poet)"]))
def test_canonical_answer_does_not_depend_on_the_order(aliases: list[str]) -> None:
    assert canonical_answer(aliases, "Who wrote the poem?") == "Jo Hill"


def test_canonical_answer_needs_an_alias() -> None:
    with pytest.raises(ValueError, match="needs an alias with a letter or a digit"):
        canonical_answer(["\N{HELICOPTER}", ""], "What is it?")


CERTAIN = [
    ("another river", "Severn", "Which river is it?", ["Wye"], True),
    ("the same", "Wye", "Which river is it?", ["River Wye", "Wye"], False),
    ("the same without accents", "Dvorak", "Who wrote it?", ["Dvořák"], False),
    ("holds the right one", "River Wye", "Which river is it?", ["Wye"], False),
    ("is held by the right one", "Wye", "Which river is it?", ["River Wye"], False),
    ("near spelling", "Hellicopter", "What is it?", ["Helicopter"], False),
    ("mentioned", "Oslo", "Which city is north of Oslo?", ["Hamar"], False),
    ("part of a whole", "United Kingdom", "Where was she born?", ["Wales"], False),
    ("shade of a colour", "Scarlet", "What colour is it?", ["Red"], False),
    ("same value", "five", "How many?", ["5"], False),
    ("another value", "15", "How many?", ["5"], True),
    ("nothing", "!", "How many?", ["5"], False),
]


@pytest.mark.parametrize(
    ("wrong", "question", "right", "certain"),
    [row[1:] for row in CERTAIN],
    ids=[row[0] for row in CERTAIN],
)
def test_certainly_wrong(wrong: str, question: str, right: list[str], certain: bool) -> None:
    assert is_certainly_wrong(wrong, question, right) is certain


RIVERS = ["Severn", "Thames", "Danube", "Loire", "Vistula", "Ebro", "Tagus"]
AUTHORS = ["Mary Ashdown", "Peter Quill", "Jane Farrow", "Simon Oakley", "Helen Birch", "Paul Teal"]
ACTRESSES = ["Anna Fenwick", "Clara Moss", "Ellen Thorpe", "Rose Tindale"]
ACTORS = ["Hugo Marsh", "Frank Ludd", "Oscar Pell", "David Crane"]
COUNTRIES = ["Kenya", "Ghana", "Chad", "Peru", "Chile", "Norway", "Latvia", "Malta"]


def _rows() -> list[CorpusRow]:
    """A small corpus: a few answers for each of several kinds."""
    questions = {
        "Which river turns mill number {}?": RIVERS,
        "Who wrote the cookery book number {}?": AUTHORS,
        "Which actress opened theatre number {}?": ACTRESSES,
        "Which actor closed theatre number {}?": ACTORS,
        "Which country printed stamp number {}?": COUNTRIES,
    }
    return [
        CorpusRow(f"{place}-{number}", form.format(number), answer, (answer, answer.upper()))
        for place, (form, answers) in enumerate(questions.items())
        for number, answer in enumerate(answers)
    ]


def _chosen(question: str, answer: str, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    row = CorpusRow("asked", question, answer, (answer, *aliases))
    return WrongAnswerChooser([*_rows(), row]).choose("asked")


POOLS = [
    ("river", "Which river floods the meadow?", "Wye", RIVERS),
    ("author", "Who wrote the tale of the ferry?", "Lucy Hazel", AUTHORS),
    ("actress, not actor", "Which actress sang in the rain?", "Kate Elder", ACTRESSES),
    ("actor, not actress", "Which actor fell off the stage?", "John Elder", ACTORS),
    ("country", "Which country lost the match?", "Cuba", COUNTRIES),
]


@pytest.mark.parametrize(
    ("question", "answer", "pool"), [row[1:] for row in POOLS], ids=[row[0] for row in POOLS]
)
def test_chosen_are_of_the_same_kind(question: str, answer: str, pool: list[str]) -> None:
    chosen = _chosen(question, answer)
    assert len(set(chosen)) == 3
    assert set(chosen) <= set(pool)


def test_a_country_of_the_same_continent_comes_first() -> None:
    chosen = _chosen("Which African country lost the match?", "Mali")
    assert set(chosen) == {"Kenya", "Ghana", "Chad"}


UNSUITABLE = [
    ("definition", "What is a spandrel?", "Corner of an arch"),
    ("one of many", "Name either of the rivers that meet here.", "Wye"),
    ("several", "Which two rivers meet here?", "Wye and Lugg"),
    ("right answer told", "Which river, the Wye or the Lugg, is longer?", "Wye"),
    ("too long", "Which book is it?", "The long and winding tale of a very old mill"),
    ("true or false", "True or false: which river is the longest?", "False"),
]


@pytest.mark.parametrize(
    ("question", "answer"), [row[1:] for row in UNSUITABLE], ids=[row[0] for row in UNSUITABLE]
)
def test_unsuitable_questions_get_nothing(question: str, answer: str) -> None:
    assert _chosen(question, answer) == ()


FIGURES = [
    ("small number", "How many oars has the skiff?", "4", range(2, 8)),
    ("round number", "How many seats has the hall?", "1,200", range(600, 1801, 100)),
    ("year", "In which year did the bridge open?", "1902", range(1877, 1928)),
    ("year of a decade", "In which year of the 1950s did it open?", "1954", range(1950, 1960)),
]


@pytest.mark.parametrize(
    ("question", "answer", "allowed"), [row[1:] for row in FIGURES], ids=[row[0] for row in FIGURES]
)
def test_figures_are_of_like_size_and_form(question: str, answer: str, allowed: range) -> None:
    chosen = _chosen(question, answer)
    assert len(chosen) == 3
    for text in chosen:
        assert ("," in text) == ("," in answer) or int(text.replace(",", "")) < 1000
        assert int(text.replace(",", "")) in allowed
        assert text != answer


def test_a_number_in_words_is_answered_in_words() -> None:
    assert all(text.isalpha() for text in _chosen("How many oars has the skiff?", "Seven"))


def test_a_date_keeps_its_form_and_its_year() -> None:
    for text in _chosen("On what date did the mill burn?", "3rd June 1911"):
        day, month, year = text.split()
        assert day[-2:] in {"st", "nd", "rd", "th"}
        assert month != "June"
        assert year == "1911"


def test_months_come_from_the_calendar() -> None:
    chosen = _chosen("In which month is the regatta held?", "May")
    assert len(chosen) == 3
    assert "May" not in chosen


@given(st.integers(min_value=1000, max_value=2017), st.text("abcdef", min_size=1, max_size=6))
def test_years_are_near_and_never_in_the_future(year: int, key: str) -> None:
    row = CorpusRow(key, "In which year did the bridge open?", str(year), (str(year),))
    chosen = WrongAnswerChooser([row]).choose(key, count=40)
    assert len(chosen) >= 20
    assert all(2 <= abs(int(text) - year) <= 25 and int(text) <= 2017 for text in chosen)


@given(st.integers(min_value=1, max_value=10**9), st.text("abcdef", min_size=1, max_size=6))
def test_numbers_differ_by_a_visible_step(number: int, key: str) -> None:
    row = CorpusRow(key, "How many bricks are in the tower?", f"{number:,}", (f"{number:,}",))
    for text in WrongAnswerChooser([row]).choose(key):
        assert int(text.replace(",", "")) > 0
        assert abs(int(text.replace(",", "")) - number) * 6 >= number or number < 10


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_corpus_does_not_matter(shuffler: random.Random) -> None:
    rows = _rows()
    expected = {row.question_id: WRONG.choose(row.question_id) for row in rows}
    shuffler.shuffle(rows)
    chooser = WrongAnswerChooser(rows)
    assert {row.question_id: chooser.choose(row.question_id) for row in rows} == expected


WRONG = WrongAnswerChooser(_rows())


def test_every_question_of_the_small_corpus_gets_answers() -> None:
    assert all(len(WRONG.choose(row.question_id)) == 3 for row in _rows())


def test_the_choice_is_the_same_on_every_machine() -> None:
    assert WRONG.choose("0-0", count=2) == ("Loire", "Ebro")


_NAME = st.sampled_from(["Ada", "Jo", "Max", "Eva", "Sam", "Al", "Mary Ann"])
_SURNAME = st.sampled_from(["Hill", "Hills", "Hull", "Marsh", "Marshall", "Oak", "Oakes", "Ash"])
_PERSON = st.builds("{} {}".format, _NAME, _SURNAME)
_RIVER = st.sampled_from(
    ["Wye", "River Wye", "Avon", "Avonne", "Tamar", "Tamara", "Ouse", "Great Ouse", "Dee", "Tees"]
)


def _corpus(form: str, names: list[tuple[str, str]]) -> list[CorpusRow]:
    return [
        CorpusRow(f"q{i}", form.format(other), name, (name, name.upper(), f"{name} (thing)"))
        for i, (name, other) in enumerate(names)
    ]


@given(st.lists(st.tuples(_RIVER, _RIVER), min_size=2, max_size=12))
def test_never_an_alias_a_part_a_near_spelling_or_a_word_of_the_question(
    names: list[tuple[str, str]],
) -> None:
    rows = _corpus("Which river meets the {} below the weir?", names)
    chooser = WrongAnswerChooser(rows)
    for row in rows:
        for wrong in chooser.choose(row.question_id):
            one, other = wrong.casefold(), row.answer.casefold()
            assert one not in other
            assert other not in one
            assert fuzz.ratio(one, other) < 80
            assert f" {one} " not in row.question.casefold()


@given(st.lists(st.tuples(_PERSON, _PERSON), min_size=2, max_size=12))
def test_never_a_person_of_the_same_surname(names: list[tuple[str, str]]) -> None:
    rows = _corpus("Who wrote the letter to {}?", names)
    chooser = WrongAnswerChooser(rows)
    for row in rows:
        for wrong in chooser.choose(row.question_id):
            assert wrong.split()[-1] != row.answer.split()[-1]
            assert wrong.split()[-1] not in row.question.rstrip("?").split()


def test_never_an_answer_that_shares_an_alias() -> None:
    shared = CorpusRow("twin", "Which river is called the old one?", "Isis", ("Isis", "Thames"))
    chooser = WrongAnswerChooser([*_rows(), shared])
    assert "Thames" not in chooser.choose("twin", count=9)
    assert "Isis" not in chooser.choose("0-1", count=9)


def test_shown_forms_are_tidy() -> None:
    rows = [
        CorpusRow("a", "Who wrote the first letter?", "HELEN BIRCH", ("HELEN BIRCH",)),
        CorpusRow("b", "Who wrote the second letter?", "paul teal (poet)", ("paul teal (poet)",)),
        CorpusRow("c", "Who wrote the third letter?", "Jane Farrow", ("Jane Farrow",)),
    ]
    chooser = WrongAnswerChooser(rows)
    assert set(chooser.choose("c")) <= {"Helen Birch", "Paul Teal"}
    assert chooser.choose("c")


def test_kind_is_open_to_the_builder() -> None:
    assert WRONG.kind("0-0") == AnswerKind(Kind.PLACE, "river")
    assert WRONG.kind("0-0").sure


def test_unknown_and_repeated_ids_are_refused() -> None:
    with pytest.raises(ValueError, match="the corpus has no question 'q9'"):
        WRONG.choose("q9")
    row = CorpusRow("q1", "Which river is it?", "Wye", ("Wye",))
    with pytest.raises(ValueError, match="'q1' more than once"):
        WrongAnswerChooser([row, row])
