from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.questions.answer_kind import (
    AnswerKind,
    Kind,
    answer_kind,
    answers_of_closed_kind,
    asked_noun,
    continent_of,
    is_class_word,
    kind_from_aliases,
    number_in,
    number_word,
    plain_question,
)

KINDS = [
    ("year", "In which year did the harbour freeze over?", "1885", Kind.YEAR, None),
    ("when, a year", "When did the first tram run in Lisbon?", "1901", Kind.YEAR, None),
    ("decade", "In which decade was the pier built?", "1930s", Kind.PERIOD, "decade"),
    ("century", "In which century was the abbey founded?", "12th century", Kind.PERIOD, "century"),
    ("date", "On what date does the fair open?", "3 June", Kind.DATE, None),
    ("month", "In which month is the regatta held?", "May", Kind.MONTH, None),
    ("weekday", "On which day of the week is the market held?", "Tuesday", Kind.DAY, None),
    ("number", "How many strings has a bass?", "4", Kind.NUMBER, None),
    ("number in words", "How many strings has a bass?", "Four", Kind.NUMBER, None),
    ("number, aged", "How old was the clockmaker when she retired?", "71", Kind.NUMBER, "measured"),
    ("percentage", "What percentage of the jury agreed?", "40%", Kind.PERCENTAGE, None),
    ("money", "How much did the stamp cost?", "£2", Kind.MONEY, None),
    ("measure", "How long is the tunnel?", "12 miles", Kind.MEASURE, None),
    ("colour", "What colour is the lighthouse door?", "Teal", Kind.COLOUR, None),
    ("country", "Which country makes the most cork?", "Portugal", Kind.PLACE, "country"),
    ("river", "Which river runs past the mill?", "Wye", Kind.PLACE, "river"),
    ("capital", "What is the capital of Norway?", "Oslo", Kind.PLACE, "settlement"),
    ("capital city", "Which capital city lies on the Spree?", "Berlin", Kind.PLACE, "settlement"),
    ("a state", "Which US state borders Ohio and Iowa?", "Utah", Kind.PLACE, "us_state"),
    ("a state elsewhere", "Which state lies east of Perth?", "Bavaria", Kind.PLACE, "province"),
    ("where, a country", "Where are tulips traded most?", "Belgium", Kind.PLACE, "country"),
    ("where, a town", "Where was the potter born?", "Ludlow", Kind.PLACE, "settlement"),
    ("where in the body", "Where in the body is the hammer?", "Ear", Kind.BODY_PART, None),
    ("actress", "Which actress played the baker's wife?", "Ada Bell", Kind.PERSON, "performer"),
    ("who wrote", "Who wrote the history of tin?", "Ada Bell", Kind.PERSON, "writer"),
    ("who painted", "Who painted the ceiling?", "Ada Bell", Kind.PERSON, "painter"),
    ("who was king", "Who was the king of Mercia then?", "Offa", Kind.PERSON, "ruler"),
    ("myth", "In Greek myth, who killed the bull?", "Ino", Kind.PERSON, "deity"),
    ("who, in figures", "Who wrote the history of tin?", "338", Kind.PERSON, "writer"),
    ("noun and who", "Which glazier who died in May won it?", "Ada Bell", Kind.PERSON, None),
    ("film", "Which film ends in a lift?", "The Lift", Kind.TITLE, "film"),
    ("type of bird", "What type of bird is a smew?", "Duck", Kind.ANIMAL, "bird"),
    ("element", "Which chemical element is a liquid?", "Mercury", Kind.SUBSTANCE, "element"),
    ("compound", "Which football club plays in blue?", "Everton", Kind.TEAM, None),
    ("possessive", "Which actor's real name is Jo Hill?", "Ada Bell", Kind.PERSON, "performer"),
    ("first name", "What was the cook's first name?", "Ada", Kind.NAME, "first_name"),
    ("sport", "In which sport is a broom used?", "Curling", Kind.SPORT, None),
    ("instrument", "Which musical instrument has a spike?", "Cello", Kind.INSTRUMENT, None),
    ("language", "Which language is spoken in Andorra?", "Catalan", Kind.LANGUAGE, None),
    ("battle by its name", "How did the feud end?", "Battle of Ash", Kind.EVENT, "war"),
    ("science by its name", "How do growers choose a vine?", "Oenology", Kind.SCIENCE, None),
    ("fear", "Aquaphobia is the fear of what?", "Water", Kind.FEAR, None),
    ("last sentence asks", "Jo Hill, who fell, was 30. Which river?", "Wye", Kind.PLACE, "river"),
    ("known as", "By what name is the disease Potter's palsy known?", "Ague", Kind.DISEASE, None),
    ("unknown noun", "Which gasket is made of cork?", "Ring", Kind.THING, "gasket"),
    ("definition", "What is a spandrel?", "Corner", Kind.THING, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "name", "subkind"),
    [row[1:] for row in KINDS],
    ids=[row[0] for row in KINDS],
)
def test_kind(question: str, answer: str, name: Kind, subkind: str | None) -> None:
    assert answer_kind(question, answer, [answer]) == AnswerKind(name, subkind)


ALIASES = [
    ("bracket", ["Avon (river)", "Avon"], AnswerKind(Kind.PLACE, "river")),
    ("country code", ["ISO 3166-1:QQ"], AnswerKind(Kind.PLACE, "country")),
    ("filmography", ["Jo Hill filmography"], AnswerKind(Kind.PERSON)),
    ("club", ["Ash Town F.C."], AnswerKind(Kind.TEAM)),
    ("nothing", ["Ash", "Ashes"], None),
]


@pytest.mark.parametrize(
    ("aliases", "kind"), [row[1:] for row in ALIASES], ids=[row[0] for row in ALIASES]
)
def test_aliases_tell_the_kind(aliases: list[str], kind: AnswerKind | None) -> None:
    assert kind_from_aliases(aliases) == kind


def test_one_bracket_is_not_enough_where_more_are_asked_for() -> None:
    assert kind_from_aliases(["Avon (river)", "Avon"], least=2) is None


def test_turned_name_is_a_person_and_never_a_title() -> None:
    aliases = ["Hill, Jo", "Jo Hill"]
    assert answer_kind("By what name did she go on stage?", "Jo Hill", aliases).name is Kind.PERSON
    assert answer_kind("Which film ends in a lift?", "Jo Hill", aliases).name is Kind.THING


SURE = [
    ("noun", "Which river runs past the mill?", "Wye", True),
    ("deed", "Who wrote the history of tin?", "Jo Hill", True),
    ("setting alone", "Who lost the 1977 rugby final?", "Jo Hill", False),
]


@pytest.mark.parametrize(
    ("question", "answer", "sure"), [row[1:] for row in SURE], ids=[row[0] for row in SURE]
)
def test_sure_says_what_the_question_itself_tells(question: str, answer: str, sure: bool) -> None:
    assert answer_kind(question, answer, [answer]).sure is sure


NOUNS = [
    ("modifiers", "Which small Welsh town is it?", "town", ("small", "welsh")),
    ("plural", "Which two rivers meet here?", "river", ("two",)),
    ("run of nouns", "Which city poet won?", "poet", ("city",)),
    ("longer compound", "Which metal process is it?", "process", ("metal",)),
    ("verb after noun", "Which team play in red?", "team", ()),
    ("counted time", "Which 19th century poet drowned?", "poet", ("19th", "century")),
    ("and roll", "Which rock 'n roll singer is it?", "singer", ("rock", "n", "roll")),
    ("quoted title", "Which 'King of the River' song is it?", "song", ()),
    ("name the", "Name the lake below the dam.", "lake", ()),
    ("which of the", "Which of the islands is largest?", "island", ()),
    ("relative which", "What was the storm which hit the film set?", None, ()),
]


@pytest.mark.parametrize(
    ("question", "noun", "modifiers"), [row[1:] for row in NOUNS], ids=[row[0] for row in NOUNS]
)
def test_asked_noun(question: str, noun: str | None, modifiers: tuple[str, ...]) -> None:
    asked = asked_noun(question)
    if noun is None:
        assert asked is None
    else:
        assert asked is not None
        assert (asked.noun, asked.modifiers) == (noun, modifiers)


NUMBERS = [
    ("digits", "37", 37.0),
    ("grouped", "1,400", 1400.0),
    ("decimal", "0.5", 0.5),
    ("word", "Twelve", 12.0),
    ("hyphen", "twenty-one", 21.0),
    ("long", "one thousand, nine hundred and forty-five", 1945.0),
    ("scale", "two million", 2_000_000.0),
    ("explained", "5 (five)", 5.0),
    ("with a unit", "5 miles", None),
    ("a name", "Seven Sisters", None),
    ("nothing", "", None),
]


@pytest.mark.parametrize(
    ("text", "number"), [row[1:] for row in NUMBERS], ids=[row[0] for row in NUMBERS]
)
def test_number_in(text: str, number: float | None) -> None:
    assert number_in(text) == number


@given(st.integers(min_value=0, max_value=19))
def test_number_word_is_read_back(number: int) -> None:
    word = number_word(number)
    assert word is not None
    assert number_in(word) == number


def test_number_word_ends_at_nineteen() -> None:
    assert number_word(20) is None
    assert number_word(-1) is None


@given(st.integers(min_value=0, max_value=10**12))
def test_number_in_reads_grouped_digits(number: int) -> None:
    assert number_in(f"{number:,}") == number_in(str(number)) == number


def test_plain_question_drops_titles_brackets_and_stops() -> None:
    question = 'Who sang "Which Way" (1971) in the U.S. on St. David\u2019s Day?'
    plain = " ".join(plain_question(question).split())
    assert plain == "who sang in the us on st david's day?"


def test_closed_kinds() -> None:
    assert len(answers_of_closed_kind(AnswerKind(Kind.MONTH))) == 12
    assert len(answers_of_closed_kind(AnswerKind(Kind.PLACE, "us_state"))) == 50
    assert answers_of_closed_kind(AnswerKind(Kind.FOOD)) == frozenset()
    assert continent_of("Peru") == "south america"
    assert continent_of("Atlantis") is None


def test_class_words() -> None:
    assert is_class_word("Birds")
    assert not is_class_word("Robin")


@given(st.text(max_size=80), st.text(max_size=30), st.lists(st.text(max_size=30), max_size=4))
def test_any_text_has_a_kind(question: str, answer: str, aliases: list[str]) -> None:
    assert answer_kind(question, answer, aliases).name in Kind
