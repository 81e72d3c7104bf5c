"""Submissions beside each other: the same rows, entries or look of a name stand once."""

from __future__ import annotations

from datetime import date

import pytest

from tests.leaderboard.synthetic import synthetic_entries
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.index.duplicates import (
    disputed_submissions,
    refuse_duplicates,
)
from warmbench_leaderboard.index.submission_result import SubmissionResult

Row = tuple[str, str, str | None, int | None]
"""Submission, model, the rows' fingerprint, the day of November (None: published)."""


def made(row: Row, entry_id: str | None = None) -> SubmissionResult:
    name, model, fingerprint, day = row
    entry = synthetic_entries(1, seed=0)[0].model_copy(
        update={
            "entry_id": entry_id or f"{name}/warm",
            "model": model,
            "submitted": None if day is None else date(2026, 11, day),
            "badge": Badge.PUBLISHED if day is None else Badge.VERIFIED,
        }
    )
    return SubmissionResult(submission=name, fingerprint=fingerprint, entries=(entry,))


TABLE: list[tuple[str, list[Row], list[str | None]]] = [
    ("nothing in common", [("a", "m-1", "f", 1), ("b", "m-2", "g", 1)], [None, None]),
    ("two studies of one model", [("a", "m-7", "f", 1), ("b", "m-7", "g", 2)], [None, None]),
    ("the later of the same rows", [("a", "m-1", "f", 2), ("b", "m-2", "f", 1)], ["same-rows", None]),
    ("on one day the first name", [("b", "m-2", "f", 1), ("a", "m-1", "f", 1)], ["same-rows", None]),
    ("a lookalike", [("a", "Llama-3.1-8B", "f", 1), ("b", "LIama 3.1 8B", "g", 2)], [None, "lookalike"]),
    ("the paper's names come first", [("a", "GPT-4O", "f", 1), ("p", "GPT-4o", None, None)], ["lookalike", None]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "codes"), TABLE, ids=[each[0] for each in TABLE])
def test_the_later_one_is_refused(name: str, rows: list[Row], codes: list[str | None]) -> None:
    found = refuse_duplicates(made(row) for row in rows)
    assert [result.refusal and result.refusal.code for result in found] == codes
    assert [result.submission for result in found] == [row[0] for row in rows]
    assert all(bool(result.entries) == (result.refusal is None) for result in found)


HISTORY: list[tuple[str, dict[str, int], list[str | None]]] = [
    ("a day before the honest one does not help", {"honest": 1, "thief": 2}, [None, "same-rows"]),
    ("nor does what is not yet committed", {"honest": 1}, [None, "same-rows"]),
    ("what the history has at once goes by the day", {"honest": 1, "thief": 1}, ["same-rows", None]),
    ("and so does what it knows nothing of", {}, ["same-rows", None]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "first_seen", "codes"), HISTORY, ids=[each[0] for each in HISTORY]
)
def test_who_was_there_first_is_not_for_a_submitter_to_say(
    name: str, first_seen: dict[str, int], codes: list[str | None]
) -> None:
    made_up = [made(("honest", "m-1", "f", 20)), made(("thief", "m-2", "f", 1))]
    assert disputed_submissions(made_up) == ["honest", "thief"]
    found = refuse_duplicates(made_up, first_seen)
    assert [result.refusal and result.refusal.code for result in found] == codes
    (reason,) = [result.refusal.reason for result in found if result.refusal]
    assert ("which was submitted first" in reason) is (codes[0] is None)


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([("a", "m-1", "f", 1), ("b", "m-2", "g", 2)], []),
        ([("a", "m-1", "f", 1), ("b", "m-1", "g", 2)], []),  # two studies of one model
        ([("b", "m-1", "f", 1), ("a", "m-2", "f", 2), ("c", "m-3", "h", 3)], ["a", "b"]),
        ([("a", "Llama-3.1-8B", "f", 1), ("b", "LIama 3.1 8B", "g", 2)], ["a", "b"]),
        ([("a", "GPT-4O", "f", 1), ("p", "GPT-4o", None, None)], ["a"]),
    ],
)
def test_whose_age_matters(rows: list[Row], names: list[str]) -> None:
    assert disputed_submissions([made(row) for row in rows]) == names


def test_an_entry_stands_once() -> None:
    rows: list[Row] = [("a", "m-1", "f", 1), ("b", "m-1", "g", 2)]
    found = refuse_duplicates(made(row, "same/warm") for row in rows)
    assert [result.refusal and result.refusal.code for result in found] == [None, "entry-twice"]


def test_what_is_refused_by_itself_stays_so_and_takes_nobodys_place() -> None:
    refused = refuse_duplicates(
        [made(("a", "m-1", "f", 1)), made(("b", "m-2", "f", 2)), made(("c", "m-2", "g", 3))]
    )
    assert [result.refusal and result.refusal.code for result in refused] == [
        None,
        "same-rows",
        None,
    ]
    assert refuse_duplicates(refused) == refused
