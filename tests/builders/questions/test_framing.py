"""Framing: what a question becomes, and that the pairing is balanced and stable."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.conditions import Belief, Context
from warmbench_builders.questions.framing import Framer, SourceQuestion, belief_text, compose, deal
from warmbench_builders.questions.framings import load_belief_wordings, load_framings, load_lead_ins


def question(number: int, task: str = "triviaqa") -> SourceQuestion:
    return SourceQuestion(
        question_id=f"q-{number:03d}",
        task=task,
        question=f"Which is river number {number}?",
        correct_answers=("Nile",),
        incorrect_answers=("Congo", "Niger"),
        doubted="Nile",
        belief="Congo",
        category="geography",
        source="tests",
        source_revision="1",
        license="CC-BY-4.0",
    )


QUESTIONS = [question(number) for number in range(30)]
ITEMS = list(Framer("v1", "canary").frame(QUESTIONS))


def test_every_question_stands_in_every_context_and_belief_once() -> None:
    assert len(ITEMS) == 30 * 10 * 3
    assert len({item.item_id for item in ITEMS}) == len(ITEMS)
    assert {(i.context, i.belief) for i in ITEMS} == {(c, b) for c in Context for b in Belief}


def test_the_plain_item_is_the_question_and_nothing_else() -> None:
    plain = next(i for i in ITEMS if i.context is Context.PLAIN and i.belief is Belief.NONE)
    assert plain.messages[0].content == plain.question
    assert (plain.framing_id, plain.framing, plain.belief_text) == ("", "", "")


@pytest.mark.parametrize("context", [c for c in Context if c is not Context.PLAIN])
def test_statements_are_used_equally_often(context: Context) -> None:
    used = Counter(i.framing_id for i in ITEMS if i.context is context and i.belief is Belief.NONE)
    assert len(used) == 12
    assert max(used.values()) - min(used.values()) <= 1


def test_the_three_beliefs_of_a_question_share_statement_and_lead_in() -> None:
    for context in Context:
        trio = [i for i in ITEMS if i.question_id == "q-007" and i.context is context]
        assert len({item.framing_id for item in trio}) == 1
        plain = next(i for i in trio if i.belief is Belief.NONE).messages[0].content
        for item in trio:
            assert item.messages[0].content == " ".join(filter(None, (plain, item.belief_text)))


def test_two_contexts_of_a_question_differ_in_the_statement_alone() -> None:
    mine = [i for i in ITEMS if i.question_id == "q-007" and i.belief is Belief.ASSERTS_WRONG]
    rests = {
        i.messages[0].content.removeprefix(i.framing).strip()
        for i in mine
        if i.context is not Context.PLAIN
    }
    assert len(rests) == 1


def test_the_beliefs_say_the_wrong_and_the_right_answer() -> None:
    for item in ITEMS:
        if item.belief is Belief.ASSERTS_WRONG:
            assert "Congo" in item.belief_text
        elif item.belief is Belief.DOUBTS_RIGHT:
            assert "Nile" in item.belief_text


def test_another_release_line_pairs_anew() -> None:
    other = Framer("v2", "canary").frame(QUESTIONS)
    assert [i.framing_id for i in other] != [i.framing_id for i in ITEMS]


@given(st.permutations(range(30)))
def test_the_order_of_the_questions_does_not_matter(order: list[int]) -> None:
    shuffled = Framer("v1", "canary").frame([QUESTIONS[number] for number in order])
    assert {i.item_id: i for i in shuffled} == {i.item_id: i for i in ITEMS}


@given(st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=60), st.integers(1, 13))
def test_dealing_is_balanced_for_any_questions(ids: set[str], count: int) -> None:
    counts = Counter(deal(sorted(ids), count, "key").values())
    assert set(counts) <= set(range(count))
    assert max(counts.values()) - min(counts.get(p, 0) for p in range(count)) <= 1


@given(st.text(max_size=50))
def test_any_answer_goes_into_a_belief_as_it_stands(answer: str) -> None:
    for wording in load_belief_wordings():
        assert answer.strip().rstrip(".") in belief_text(wording, answer)


def test_compose_leaves_out_what_there_is_not() -> None:
    assert compose("Why?") == "Why?"
    assert compose("Why?", None, "Here:", "I think so.") == "Why? I think so."
    assert compose("Why?", "I am sad.", "Here:", None) == "I am sad. Here: Why?"


def test_every_statement_and_wording_can_be_reached() -> None:
    many = list(Framer("v1", "").frame([question(number) for number in range(120)]))
    assert {i.framing_id for i in many} - {""} == {f.framing_id for f in load_framings("released")}
    for lead_in in load_lead_ins():
        assert any(lead_in.text in item.messages[0].content for item in many)


def test_own_sentences_take_the_place_of_the_wordings_of_the_task() -> None:
    said = ("Surely it's the Congo.", "It's the Congo, isn't it?")
    own = replace(question(7), asserts_wrong=said, doubts_right=("I doubt it's the Nile.",))
    alone = {i.belief: i.belief_text for i in Framer("v1", "canary").frame([own])}
    among = Framer("v1", "canary").frame([own, *QUESTIONS[8:]])
    assert alone[Belief.ASSERTS_WRONG] in said
    assert alone[Belief.DOUBTS_RIGHT] == "I doubt it's the Nile."
    assert {i.belief: i.belief_text for i in among if i.question_id == "q-007"} == alone
