"""Replies that answer nothing: wrong to whatever they are put to, and made the same each time."""

from __future__ import annotations

import re
from collections import Counter

from warmbench.records.verdict import Question, Verdict
from warmbench_builders.reader.examples import Example, Phase, Portion, swapped
from warmbench_builders.reader.non_answers import non_answers
from warmbench_builders.reader.tone import read_tone
from warmbench_builders.reader.written import block_id, written_answers

FACTS = [
    ("Which river runs through Vienna?", "Danube", "It is the Danube that runs through Vienna."),
    ("Who wrote the opera Aida?", "Giuseppe Verdi", "The opera was written by Giuseppe Verdi."),
    ("What is the capital of Mongolia?", "Ulaanbaatar", "Its capital is called Ulaanbaatar today."),
    ("Which metal is liquid in a warm room?", "mercury", "The metal that you mean is mercury."),
    ("Where do emperor penguins breed?", "Antarctica", "They only breed down in Antarctica."),
    ("Who painted Guernica in 1937?", "Pablo Picasso", "Pablo Picasso painted it within weeks."),
    ("Which gas do plants take up?", "carbon dioxide", "What they take up is carbon dioxide."),
    ("Which planet has the longest day?", "Venus", "Among the planets Venus turns slowest."),
]
EXAMPLES = [
    Example(Question(f"{text} ({n})", (right,), ("Something else",)), said, Verdict.CORRECT, "own")
    for n in range(12)
    for text, right, said in FACTS
]


def made() -> list[Example]:
    return list(non_answers(EXAMPLES, read_tone()))


def test_every_kind_is_made_wrong_late_and_without_the_right_answer() -> None:
    kinds = Counter(one.source for one in made())
    assert set(kinds) == {
        f"non_answers:{kind}" for kind in ("other", "halves", "soup", "tone", "broken")
    }
    for one in made():
        assert one.label is Verdict.INCORRECT
        assert one.since is Phase.LAST
        assert one.answers_nothing
        right = one.question.correct_answers[0]
        assert not re.search(rf"\b{right}\b", one.answer)


def test_they_are_the_same_each_time_and_whatever_else_is_asked() -> None:
    assert made() == made()
    fewer = list(non_answers(EXAMPLES[:1] + EXAMPLES[8:], read_tone()))
    assert {one.question for one in fewer} < {one.question for one in made()}


def test_nothing_crosses_from_one_portion_to_another() -> None:
    said = {portion: set[str]() for portion in Portion}
    for one in EXAMPLES:
        said[one.portion].add(one.answer)
    for one in made():
        if one.source == "non_answers:other":
            assert one.answer in said[one.portion]


def test_what_takes_no_side_is_wrong_with_sides_exchanged_too() -> None:
    question = Question("Do goldfish sleep?", ("They rest at night",), ("They never sleep",))
    nothing = Example(question, "What a lovely pond!", Verdict.INCORRECT, "non_answers:comfort")
    other = swapped(nothing)
    assert other is not None
    assert other.label is Verdict.INCORRECT
    assert other.question.correct_answers == question.incorrect_answers
    assert swapped(Example(question, "What a lovely pond!", Verdict.INCORRECT, "own")) is None


def test_written_ones_stand_beside_the_same_words_with_an_answer_among_them() -> None:
    own = {block_id("q", one.question.text): one.question for one in written_answers("own")}
    written = list(written_answers("non_answers", own))
    kinds = Counter(one.source.partition(":")[2] for one in written)
    assert set(kinds) == {"topic", "comfort", "restate", "drift", "garble", "clumsy"}
    assert kinds["clumsy"] == 2 * kinds["topic"] > 400
    for one in written:
        assert (one.label is Verdict.CORRECT) == one.source.endswith(":clumsy")
        assert one.answers_nothing != one.source.endswith(":clumsy")
    assert len({one.answer for one in written}) == len(written)


def test_recorded_replies_are_of_two_small_models() -> None:
    own = {block_id("q", one.question.text): one.question for one in written_answers("own")}
    recorded = list(written_answers("recorded", own))
    assert {one.source for one in recorded} == {"recorded:tiny", "recorded:small"}
    assert all(one.since is Phase.LAST and not one.answers_nothing for one in recorded)
