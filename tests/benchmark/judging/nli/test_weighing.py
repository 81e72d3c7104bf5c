"""What is read of an answer, and which side it is on, without a model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.errors import UsageError
from warmbench.judging.nli.inference import Odds
from warmbench.judging.nli.labels import class_places
from warmbench.judging.nli.weighing import weigh
from warmbench.judging.nli.windows import (
    MOST_REFERENCES,
    MOST_WINDOWS,
    nearest,
    pair_of,
    windows_of,
)

WINDOWS = [
    ("one sentence", "It is the Nile.", ["It is the Nile."]),
    ("two", "Hello! It is the Nile.", ["Hello! It is the Nile.", "Hello!", "It is the Nile."]),
    ("twice the same", "Nile.\nNile.", ["Nile. Nile.", "Nile."]),
    ("Markdown", "# Rivers\n\n- **Nile**: yes\n- `Congo`: no",
     ["Rivers Nile: yes Congo: no", "Rivers", "Nile: yes", "Congo: no"]),
    ("a decimal", "It is 3.14 or so.", ["It is 3.14 or so."]),
    ("hidden characters", "Ni\u200ble\u202e.", ["Nile."]),
    ("no words", "?!", ["?!"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "windows"), WINDOWS, ids=[w[0] for w in WINDOWS])
def test_an_answer_is_read_by_sentence(name: str, answer: str, windows: list[str]) -> None:
    assert windows_of(answer) == windows


def test_a_long_answer_is_read_by_several_sentences_and_not_as_a_whole() -> None:
    sentences = [f"Sentence number {n} has some words in it." for n in range(40)]
    windows = windows_of(" ".join(sentences))
    assert len(windows) == 14  # of three sentences each, the last of one
    assert windows[0] == " ".join(sentences[:3])
    assert " ".join(windows) == " ".join(sentences)


@given(st.text(max_size=400))
def test_any_text_has_a_few_windows(text: str) -> None:
    assert 1 <= len(windows_of(text)) <= MOST_WINDOWS + 1


def test_the_references_that_share_most_with_an_answer_are_taken() -> None:
    references = [f"river {n}" for n in range(20)]
    assert nearest(["b", "a", "b", " "], "a") == ["b", "a"]
    chosen = nearest(references, "Is it river 17 or river 3?")
    assert len(chosen) == MOST_REFERENCES
    assert {"river 3", "river 17"} < set(chosen)
    assert chosen == sorted(chosen, key=references.index)


def test_question_and_reference_are_put_together() -> None:
    pair = pair_of("Which\nriver?", "It is the Nile.", " the Nile ")
    assert (pair.premise, pair.hypothesis) == (
        "Which river? It is the Nile.",
        "Which river? the Nile",
    )
    long = pair_of("word " * 400 + "Which river?", "x" * 900, "y" * 900)
    assert long.premise.startswith("word ")
    assert long.premise.endswith(" Which river? " + "x" * 600)
    assert len(long.hypothesis) <= 400 + 1 + 300


ENTAILS, DENIES, NOTHING = Odds(0.9, 0.08, 0.02), Odds(0.02, 0.08, 0.9), Odds(0.03, 0.94, 0.03)

WEIGHED = [
    ("entails a right one", [[NOTHING, ENTAILS]], [[NOTHING]], "right", True),
    ("entails a wrong one", [[NOTHING]], [[NOTHING, ENTAILS]], "wrong", True),
    ("neither", [[NOTHING]], [[NOTHING]], "open", False),
    ("both, in two sentences", [[ENTAILS], [NOTHING]], [[NOTHING], [ENTAILS]], "near", False),
    ("denies all that is wrong", [[NOTHING]], [[DENIES, DENIES]], "right", True),
    ("denies one of the wrong ones", [[NOTHING]], [[DENIES, NOTHING]], "open", False),
    ("denies what is right", [[DENIES, DENIES]], [[NOTHING]], "wrong", True),
    ("denies the myth, then says it", [[NOTHING], [NOTHING]], [[DENIES], [ENTAILS]], "wrong", True),
    ("no wrong references, denied", [[DENIES]], [[]], "wrong", True),
    ("no wrong references, entailed", [[ENTAILS]], [[]], "right", True),
]


@pytest.mark.parametrize(
    ("name", "right", "wrong", "side", "sure"), WEIGHED, ids=[w[0] for w in WEIGHED]
)
def test_the_sides_are_weighed(
    name: str, right: list[list[Odds]], wrong: list[list[Odds]], side: str, sure: bool
) -> None:
    found = weigh(right, wrong)
    assert found.sure is sure
    assert found.is_open is (side == "open")
    if side in ("right", "wrong"):
        assert found.correct is (side == "right")


def test_the_sentence_that_decides_is_named() -> None:
    found = weigh([[NOTHING], [ENTAILS], [ENTAILS]], [[NOTHING]] * 3)
    assert found.deciding.window == 1


ODDS = st.builds(
    lambda e, c: Odds(e * (1 - c), (1 - e) * (1 - c), c), st.floats(0, 1), st.floats(0, 1)
)


@given(st.lists(st.tuples(ODDS, ODDS), min_size=1, max_size=5))
def test_exchanged_sides_exchange_the_verdict(rows: list[tuple[Odds, Odds]]) -> None:
    right, wrong = [[one] for one, _ in rows], [[other] for _, other in rows]
    found, turned = weigh(right, wrong), weigh(wrong, right)
    assert (found.right, found.wrong) == (turned.wrong, turned.right)
    assert found.sure == turned.sure


PLACES = [
    (("entailment", "neutral", "contradiction"), (0, 1, 2)),
    (("CONTRADICTION", "ENTAILMENT", "NEUTRAL"), (1, 2, 0)),
    ((" Contradiction", "Neutral ", "Entailment"), (2, 1, 0)),
]

NO_PLACES = [
    (("LABEL_0", "LABEL_1", "LABEL_2"), "'LABEL_0', 'LABEL_1', 'LABEL_2'"),
    (("entailment", "not_entailment"), "'entailment', 'not_entailment'"),
    (("entailment", "neutral", "neutral"), "'entailment', 'neutral', 'neutral'"),
    (("entailment", "neutral", "contradiction", "other"), "'other'"),
    (("x\n\x1b[31m" + "y" * 500,), r"'x\n\x1b[31m"),
    ((), "its classes are none"),
]


@pytest.mark.parametrize(("names", "places"), PLACES)
def test_classes_are_found_by_name(names: tuple[str, ...], places: tuple[int, int, int]) -> None:
    assert class_places("nli:m", dict(enumerate(names))) == places


@pytest.mark.parametrize(("names", "said"), NO_PLACES)
def test_other_classes_are_refused_with_what_was_found(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        class_places("nli:m", dict(enumerate(names)))
    text = str(raised.value)
    assert said in text
    assert "entailment, neutral, contradiction" in text
    assert len(text) < 400
    assert text.isprintable()
