"""Several raters: alpha by the library and by hand, what they are taken to say, and bad names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.errors import UsageError
from warmbench.judging.audit.label import Label
from warmbench.judging.audit.rater_file import rater_name, rater_names
from warmbench.judging.audit.raters import Settling, Votes, alpha_of, settled_labels, votes_of
from warmbench.judging.panel import krippendorff_alpha
from warmbench.records.verdict import Verdict

WORDS = list(Verdict)


def votes_from(
    table: list[list[int | None]], per_question: int = 2
) -> tuple[Votes, dict[str, str]]:
    """``table``: a row an answer, a number of ``Verdict`` a rater; None where they gave none."""
    by_rater: dict[str, list[Label]] = {}
    for answer, row in enumerate(table):
        for rater, said in enumerate(row):
            if said is not None:
                label = Label("here", f"item{answer:03d}", "warm", 0, WORDS[said])
                by_rater.setdefault(f"rater{rater}", []).append(label)
    questions = {f"item{n:03d}": f"q{n // per_question}" for n in range(len(table))}
    return votes_of(by_rater), questions


def without(votes: Votes, questions: dict[str, str], question: str) -> float | None:
    return krippendorff_alpha(
        [
            [label.verdict for label in labels.values()]
            for (item, _, _), labels in votes.items()
            if questions[item] != question
        ]
    )


Table = st.lists(
    st.lists(st.none() | st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=16
)


@settings(max_examples=100)
@given(Table)
def test_alpha_and_its_error_are_those_of_the_library_with_each_question_left_out(
    table: list[list[int | None]],
) -> None:
    votes, questions = votes_from(table)
    found = alpha_of(votes, questions)
    said = [[label.verdict for label in labels.values()] for labels in votes.values()]
    assert (found.value if found else None) == krippendorff_alpha(said)
    if found is None:
        return
    paired = {
        questions[item]
        for (item, _, _), labels in votes.items()
        if sum(label.verdict is not Verdict.UNSCORED for label in labels.values()) > 1
    }
    assert found.n == len(paired)
    alphas = [without(votes, questions, question) for question in sorted(paired)]
    known = [each for each in alphas if each is not None]
    if len(paired) > 2 and len(known) == len(paired) and np.ptp(known) > 1e-9:
        n = len(paired)
        expected = np.sqrt((n - 1) / n * np.sum((np.array(known) - np.mean(known)) ** 2))
        assert found.se == pytest.approx(expected)
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.value <= found.high <= 1.0


def test_alpha_by_hand() -> None:
    """Ten answers, two raters who differ on two."""
    table: list[list[int | None]] = [[0, 0], [1, 1], [1, 0], [1, 1], [0, 0], [0, 0], [0, 0],
                                     [0, 0], [1, 0], [0, 0]]  # fmt: skip
    # By hand: 20 values, 14 of the one and 6 of the other; 4 of the pairs differ.
    found = alpha_of(*votes_from(table, per_question=1))
    assert found is not None
    assert found.value == pytest.approx(1 - 19 * 4 / (20**2 - 14**2 - 6**2))


@pytest.mark.parametrize(
    ("said", "majority", "unanimous"),
    [
        ([0], "correct", "correct"),
        ([0, 0, 1], "correct", "unscored"),
        ([1, 1, 1], "incorrect", "incorrect"),
        ([0, 1], "unscored", "unscored"),
        ([0, 3], "unscored", "unscored"),
        ([0, 1, 2], "unscored", "unscored"),
        ([2, 2, 0, None], "refused", "unscored"),
        ([None, 1], "incorrect", "incorrect"),
    ],
)
def test_what_raters_say_together(said: list[int | None], majority: str, unanimous: str) -> None:
    votes, _ = votes_from([said])
    for settling, expected in ((Settling.MAJORITY, majority), (Settling.UNANIMOUS, unanimous)):
        (label,) = settled_labels(votes, settling)
        assert label.verdict == expected


@given(Table, st.permutations(range(3)))
def test_the_order_of_raters_changes_nothing(
    table: list[list[int | None]], order: list[int]
) -> None:
    votes, _ = votes_from(table)
    other, _ = votes_from([[row[number] for number in order] for row in table])
    for settling in Settling:
        assert [(label.key, label.verdict) for label in settled_labels(votes, settling)] == [
            (label.key, label.verdict) for label in settled_labels(other, settling)
        ]


@pytest.mark.parametrize("name", ["", "a b", "../a", ".a", "a" * 41, "ä", "a/b", "-a"])
def test_a_name_that_is_no_name(name: str) -> None:
    with pytest.raises(UsageError, match="must be 1 to 40 letters, digits"):
        rater_name(name)


def test_names_are_those_of_the_files() -> None:
    files = [Path("a/anna.csv"), Path("b/ben.jsonl")]
    assert rater_names(files) == {"anna": files[0], "ben": files[1]}
    with pytest.raises(UsageError, match=r"the rater 'anna' is named twice, by a/anna\.csv too"):
        rater_names([*files, Path("b/anna.csv")])
