"""The list of answers that can be taken for each other."""

from __future__ import annotations

import pytest

from warmbench_builders.questions.peers import (
    Peer,
    accepted_names,
    find_peer,
    load_peers,
    spoken_of,
    wrong_peers,
)

PEERS = [peer for members in load_peers().values() for peer in members]


def found(question: str, answer: str, *aliases: str) -> Peer:
    peer = find_peer(question, answer, aliases)
    assert peer is not None
    return peer


def test_every_group_has_members_enough_and_none_twice() -> None:
    for group, members in load_peers().items():
        shown = [peer.shown.casefold() for peer in members]
        assert len(shown) >= 4, group
        assert len(set(shown)) == len(shown), group
        assert all(name.strip() == name and name for peer in members for name in peer.names), group


@pytest.mark.parametrize(
    ("question", "answer", "group"),
    [
        ("What is the capital of Finland?", "Helsinki", "capitals of northern Europe"),
        ("In which US city is Motown?", "Detroit", "cities of the midwestern United States"),
        ("Who wrote Emma?", "Jane Austen", "women who wrote in the 19th century"),
        ("Which planet is nearest the sun?", "Mercury", "planets"),
        ("Which metal is liquid?", "Mercury", "metals"),
    ],
)
def test_the_question_tells_the_group(question: str, answer: str, group: str) -> None:
    assert found(question, answer).group == group


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the capital of the US state?", "Paris"),
        ("Which song did she sing?", "Detroit"),
        ("In which South American country is it?", "Costa Rica"),
        ("In The Pickwick Papers, who is the landlady?", "Samuel Pickwick"),
        ("Which city in Rhode Island has mansions?", "Newport"),
        ("Who invented the gizmo?", "Ada Nobody"),
    ],
)
def test_an_answer_of_another_kind_or_place_is_not_taken(question: str, answer: str) -> None:
    assert find_peer(question, answer, [answer]) is None


def test_wrong_answers_are_near_and_never_right_or_said() -> None:
    question = "Who was King at the time of Peterloo, before William IV?"
    peer = found(question, "George III")
    wrong = wrong_peers(peer, "q1", question, ("George III", "King George"))
    assert wrong[0] in {"George II", "George IV"}
    assert not {"George III", "William IV"} & set(wrong)
    assert wrong == wrong_peers(peer, "q1", question, ("George III", "King George"))


def test_no_group_offers_a_member_as_wrong_for_itself() -> None:
    for peer in PEERS[::20]:
        wrong = wrong_peers(peer, "q", "Which is it?", peer.names)
        assert not set(peer.names) & set(wrong)


@pytest.mark.parametrize(
    ("question", "answer", "aliases", "left_out"),
    [
        ("Which Yorkshire town?", "Halifax", ("Haligonian", "Haligonians"), "Haligonian"),
        ("What nationality was he?", "Polish", ("Polisher", "Polishers"), "Polisher"),
        ("Which sport?", "boxing", ("Cornerperson", "Prize fight"), "Cornerperson"),
        ("Who is it?", "Tom Clancy", ("Criticism of Tom Clancy",), "Criticism of Tom Clancy"),
    ],
)
def test_aliases_that_are_not_the_answer_are_left_out(
    question: str, answer: str, aliases: tuple[str, ...], left_out: str
) -> None:
    assert left_out not in accepted_names(found(question, answer), aliases)


def test_forms_of_the_answer_are_accepted_once() -> None:
    names = accepted_names(
        found("Who wrote it?", "Oscar Wilde"),
        ["OSCAR WILDE", "Oscar Wild", "Wilde", "Oscar F. Wilde"],
    )
    assert names == ("Oscar Wilde", "Oscar Wild", "Wilde", "Oscar F. Wilde")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What type of animal is Lanky?", "a giraffe"),
        ("Which animal is the tallest?", "the giraffe"),
        ("Which animals are the tallest?", None),
    ],
)
def test_an_animal_is_spoken_of_as_it_is_asked_for(question: str, said: str | None) -> None:
    peer = found("Which animal is the tallest?", "Giraffe")
    assert spoken_of(peer, "the giraffe", question) == said


def test_a_fruit_of_a_kind_is_one() -> None:
    peer = found("What type of fruit is a bullace?", "Plum")
    assert spoken_of(peer, "apples", "What type of fruit is a bullace?") == "an apple"
    assert spoken_of(peer, "apples", "Which fruit is used in the pie?") == "apples"


def test_who_is_named_in_the_possessive_is_no_wrong_answer() -> None:
    question = "In Arthurian legend, which knight was Sir Galahad's father?"
    peer = found(question, "Sir Lancelot")
    assert "Sir Galahad" not in wrong_peers(peer, "q", question, ("Sir Lancelot",))
