"""Labels as files: what is read, and what each bad file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.data.table import write_rows
from warmbench.errors import DataError
from warmbench.judging.audit.answer_ids import AnswerIds
from warmbench.judging.audit.label import Label, check_labels, read_labels
from warmbench.records.verdict import Verdict

ANSWERS = [
    {"item_id": item, "arm": arm, "epoch": epoch, "verdict": "correct", "response": "Lima"}
    for item in ("q1/plain/none", "q2/plain/none")
    for arm in ("original", "warm")
    for epoch in (0, 1)
]
IDS = AnswerIds.of("0" * 64, ANSWERS)
WARM = ("q1/plain/none", "warm", 0)


def label_row(**changes: object) -> dict[str, object]:
    return {"item_id": "q1/plain/none", "arm": "warm", "epoch": 0, "label": "right", **changes}


def sheet_row(**changes: object) -> dict[str, object]:
    return {"answer_id": IDS.ids[WARM], "label": "right", "note": "", **changes}


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
@pytest.mark.parametrize(
    ("said", "verdict"),
    [("right", "correct"), ("Wrong", "incorrect"), ("refused", "refused"), ("unclear", "unscored"),
     ("true", "correct"), ("1", "correct"), ("Correct", "correct"), ("FALSE", "incorrect"),
     ("0", "incorrect"), ("incorrect", "incorrect")],
)  # fmt: skip
def test_labels_in_any_format_and_words(
    tmp_path: Path, suffix: str, said: str, verdict: str
) -> None:
    path = tmp_path / f"labels{suffix}"
    for row in (label_row(label=said), sheet_row(label=said)):
        write_rows(path, [row])
        assert read_labels(path, IDS) == [Label(f"{path}, row 1", *WARM, Verdict(verdict))]


@pytest.mark.parametrize("said", [True, 1, 1.0])
def test_labels_that_are_no_text(tmp_path: Path, said: object) -> None:
    path = tmp_path / "labels.parquet"
    write_rows(path, [label_row(label=said), label_row(label=None, arm="original")])
    found = read_labels(path, IDS)
    assert [(label.arm, label.verdict) for label in found] == [("warm", "correct")]


def test_epoch_may_be_left_out_and_columns_renamed(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    write_rows(path, [{"id": "q1/plain/none", "arm": "warm", "human": "false"}])
    (label,) = read_labels(path, IDS, {"item_id": "id", "label": "human"})
    assert label.key == ("q1/plain/none", "warm", 0)
    assert label.verdict is Verdict.INCORRECT


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"item_id": "q1", "label": "true"}], "no column 'arm'; it has item_id, label"),
        ([{"answer_id": "a", "said": "true"}], "no column 'label'; it has answer_id, said"),
        ([label_row(label="maybe")],
         "row 1: 'label' should be right, wrong, refused or unclear (true and false are right and "
         "wrong), found 'maybe'"),
        ([label_row(label="")], "all 1 values of 'label' are empty"),
        ([label_row(epoch="first")], "row 1: 'epoch' should be a whole number, found 'first'"),
        ([label_row(item_id=" ")], "row 1: 'item_id' is empty"),
        ([label_row(arm="")], "row 1: 'arm' is empty"),
        ([sheet_row(answer_id="")], "row 1: 'answer_id' is empty"),
        ([label_row(), label_row(label="wrong")],
         "row 2: labels an answer that {path}, row 1 already labels"),
        ([sheet_row(), sheet_row(answer_id="abcdefghijkl-abcdef")],
         "row 2: no answer of this run has the id 'abcdefghijkl-abcdef'; the labels are of "
         "another run"),
        ([sheet_row(answer_id=IDS.ids[WARM][:13] + "aaaaaa")],
         "has changed since it was labelled"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_what_is_wrong(
    tmp_path: Path, rows: list[dict[str, object]], says: str
) -> None:
    path = tmp_path / "labels.csv"
    write_rows(path, rows)
    with pytest.raises(DataError) as caught:
        read_labels(path, IDS)
    assert says.format(path=path) in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_empty_file_is_told_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("answer_id,label,note\n")
    with pytest.raises(DataError, match="the file has no rows"):
        read_labels(path, IDS)


def a_label(item_id: str = "q1/plain/none", arm: str = "warm", epoch: int = 0) -> Label:
    return Label("labels.csv, row 7", item_id, arm, epoch, Verdict.CORRECT)


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
        check_labels(labels, ANSWERS)
    assert says in str(caught.value)
    assert "labels.csv, row 7" in str(caught.value)


def test_labels_of_answers_pass() -> None:
    check_labels([a_label(), a_label(epoch=1), a_label(arm="original")], ANSWERS)
