"""Labels as files: what is read, and what each bad file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.data.table import write_rows
from warmbench.errors import DataError
from warmbench.judging.audit.label import Label, check_labels, read_labels

VERDICTS = [
    {"item_id": item, "arm": arm, "epoch": epoch, "verdict": "correct"}
    for item in ("q1/plain/none", "q2/plain/none")
    for arm in ("original", "warm")
    for epoch in (0, 1)
]


def label_row(**changes: object) -> dict[str, object]:
    return {"item_id": "q1/plain/none", "arm": "warm", "epoch": 0, "correct": "true", **changes}


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize(
    ("said", "correct"),
    [("true", True), ("1", True), ("Correct", True), ("FALSE", False), ("0", False),
     ("incorrect", False)],
)  # fmt: skip
def test_labels_in_any_format_and_words(
    tmp_path: Path, suffix: str, said: str, correct: bool
) -> None:
    path = tmp_path / f"labels{suffix}"
    write_rows(path, [label_row(correct=said)])
    (label,) = read_labels(path)
    assert label == Label(f"{path}, row 1", "q1/plain/none", "warm", 0, correct)


@pytest.mark.parametrize("said", [True, 1, 1.0])
def test_labels_that_are_no_text(tmp_path: Path, said: object) -> None:
    path = tmp_path / "labels.parquet"
    write_rows(path, [label_row(correct=said), label_row(correct=None, arm="original")])
    assert [(label.arm, label.correct) for label in read_labels(path)] == [("warm", True)]


def test_epoch_may_be_left_out_and_columns_renamed(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    write_rows(path, [{"id": "q1/plain/none", "arm": "warm", "human": "false"}])
    (label,) = read_labels(path, {"item_id": "id", "correct": "human"})
    assert label.key == ("q1/plain/none", "warm", 0)
    assert not label.correct


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"item_id": "q1", "correct": "true"}], "no column 'arm'; it has item_id, correct"),
        ([label_row(correct="maybe")],
         "row 1: 'correct' should be true or false, found 'maybe'"),
        ([label_row(correct="")], "all 1 values of 'correct' are empty"),
        ([label_row(epoch="first")], "row 1: 'epoch' should be a whole number, found 'first'"),
        ([label_row(item_id=" ")], "row 1: 'item_id' is empty"),
        ([label_row(arm="")], "row 1: 'arm' is empty"),
        ([label_row(), label_row(correct="false")], "row 2: labels the answer to 'q1/plain/none'"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_what_is_wrong(
    tmp_path: Path, rows: list[dict[str, object]], says: str
) -> None:
    path = tmp_path / "labels.csv"
    write_rows(path, rows)
    with pytest.raises(DataError) as caught:
        read_labels(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def a_label(item_id: str = "q1/plain/none", arm: str = "warm", epoch: int = 0) -> Label:
    return Label("labels.csv, row 7", item_id, arm, epoch, True)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([a_label(arm="hot"), a_label()],
         "no arm 'hot' in this run; it has original, warm; 1 of 2 labels match no answer"),
        ([a_label(item_id="q9/plain/none"), a_label()],
         "no answer to an item 'q9/plain/none' in arm 'warm'"),
        ([a_label(epoch=2), a_label()],
         "no epoch 2 of item 'q1/plain/none'; its epochs are 0, 1"),
        ([a_label(item_id="a"), a_label(item_id="b")],
         "none of the 2 labels matches an answer of this run"),
    ],
)  # fmt: skip
def test_labels_of_no_answer(labels: list[Label], says: str) -> None:
    with pytest.raises(DataError) as caught:
        check_labels(labels, VERDICTS)
    assert says in str(caught.value)
    assert "labels.csv, row 7" in str(caught.value)


def test_labels_of_answers_pass() -> None:
    check_labels([a_label(), a_label(epoch=1), a_label(arm="original")], VERDICTS)
