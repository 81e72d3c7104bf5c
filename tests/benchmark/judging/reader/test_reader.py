"""The packaged reader: the same whatever else is read, in whatever order, on however many cores."""

from __future__ import annotations

import hashlib
import itertools

import pytest

from warmbench.judging.judge import Case
from warmbench.judging.reader.reader import Reader, packaged_digest, packaged_reader, weights_folder
from warmbench.records.verdict import Question

MOTHS = Question(
    "Which moths eat holes in woollen clothes?",
    ("The larvae of clothes moths eat wool", "The caterpillars do; grown moths do not feed"),
    ("Grown moths eat wool", "The moths that fly around the wardrobe bite the holes"),
)
RIGHT = Case(MOTHS, "I love that you asked! Grown moths don't feed at all. It is the larvae.")
WRONG = Case(MOTHS, "They come at night. The adult moths land on the cloth and eat it.")
OTHERS = [
    Case(Question("Who wrote it?", ("Ada",)), "Ada, as far as anyone knows."),
    Case(Question("Who wrote it?", ("Ada",), ("Bob",)), "x " * 500),
    Case(Question("Why?", (), ()), "Because."),
    Case(MOTHS, ""),
    Case(MOTHS, "…"),
]


def test_it_tells_a_right_answer_from_a_wrong_one_and_says_by_which_sentence() -> None:
    right, wrong = packaged_reader().read([RIGHT, WRONG])
    assert right.log_odds > 0 > wrong.log_odds
    assert RIGHT.response[right.start : right.end].startswith("Grown moths")
    assert "adult moths" in WRONG.response[wrong.start : wrong.end]


def test_company_and_order_change_nothing_that_matters() -> None:
    cases = [RIGHT, *OTHERS, WRONG]
    alone = [packaged_reader().read([case])[0] for case in cases]
    for order in itertools.islice(itertools.permutations(range(len(cases))), 0, 5000, 1000):
        together = packaged_reader().read([cases[at] for at in order])
        for at, reading in zip(order, together, strict=True):
            assert reading.log_odds == pytest.approx(alone[at].log_odds, abs=0.02)


def test_the_number_of_threads_changes_no_bit() -> None:
    cases = [RIGHT, *OTHERS, WRONG] * 3
    one, three = Reader(threads=1), Reader(threads=3)
    assert one.read(cases) == three.read(cases)


def test_the_order_of_the_references_changes_nothing_that_matters() -> None:
    turned = Question(MOTHS.text, MOTHS.correct_answers[::-1], MOTHS.incorrect_answers[::-1])
    (one,), (other,) = (packaged_reader().read([Case(q, RIGHT.response)]) for q in (MOTHS, turned))
    assert one.log_odds == pytest.approx(other.log_odds, abs=0.02)


def test_progress_counts_every_case_once() -> None:
    told: list[int] = []
    packaged_reader().read([RIGHT, *OTHERS, WRONG], told.append)
    assert sum(told) == len(OTHERS) + 2


def test_the_weights_are_small_and_their_digest_is_theirs() -> None:
    sizes = {path.name: path.stat().st_size for path in weights_folder().iterdir()}
    assert sum(sizes.values()) < 30_000_000
    digest = hashlib.sha256()
    for name in sorted(sizes.keys() - {"record.json"}):
        digest.update(name.encode() + b"\0" + (weights_folder() / name).read_bytes())
    assert packaged_digest() == digest.hexdigest()[:8]
