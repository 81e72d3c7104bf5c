"""Human labels of a run's answers, as people write them.

A sheet or a rater's own file names the answer by its id (``warmbench.judging.audit.answer_ids``):

    answer_id,label,note
    kfbhcpdamcgl-ndjoai,wrong,names the wrong year

Any other file of labels says which answer it is (epoch 0 where it is left out):

    item_id,arm,epoch,label
    open-triviaqa-001/sadness/none,warm,0,false

A row whose ``label`` is empty has not been labelled yet: it is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.data.cell import cell_text, cell_whole_number
from warmbench.data.table import columns_of, read_rows
from warmbench.errors import DataError
from warmbench.judging.audit.answer_ids import AnswerIds, AnswerKey
from warmbench.records.verdict import Verdict

__all__ = ["LABEL_COLUMNS", "LABEL_WORDS", "Label", "check_labels", "label_of", "read_labels"]

LABEL_COLUMNS = ("answer_id", "item_id", "arm", "epoch", "label")

LABEL_WORDS = {
    Verdict.CORRECT: "right",
    Verdict.INCORRECT: "wrong",
    Verdict.REFUSED: "refused",
    Verdict.UNSCORED: "unclear",
}
"""What people write for each."""

_WORDS = {
    **{word: verdict for verdict, word in LABEL_WORDS.items()},
    "correct": Verdict.CORRECT,
    "incorrect": Verdict.INCORRECT,
    "true": Verdict.CORRECT,
    "false": Verdict.INCORRECT,
    "1": Verdict.CORRECT,
    "0": Verdict.INCORRECT,
}
_ACCEPTED = "right, wrong, refused or unclear (true and false are right and wrong)"


@dataclass(frozen=True, slots=True)
class Label:
    """What a person says of one answer; ``unscored`` where they can't tell. ``where`` names file
    and row."""

    where: str
    item_id: str
    arm: str
    epoch: int
    verdict: Verdict

    @property
    def key(self) -> AnswerKey:
        """The answer that it is of."""
        return self.item_id, self.arm, self.epoch


def label_of(where: str, column: str, value: Any) -> Verdict | None:
    """The label in a cell; None where it is empty. ``DataError`` for anything that is none."""
    text = cell_text(value)
    if not text:
        return None
    found = _WORDS.get(text.lower())
    if found is None:
        raise DataError(f"{where}: {column!r} should be {_ACCEPTED}, found {text[:80]!r}")
    return found


def read_labels(path: Path, ids: AnswerIds, names: Mapping[str, str] | None = None) -> list[Label]:
    """The labels of a CSV, JSONL or parquet file.

    ``ids``: of the answers of the run. ``names``: our column -> the file's, where they differ.
    Raises ``DataError`` for a missing column, a value that is none, an id that is of no answer,
    two labels of one answer, and a file without a label.
    """
    rows = read_rows(path, repair=True)
    columns = _columns(path, columns_of(rows), names or {})
    labels: dict[AnswerKey, Label] = {}
    for number, row in enumerate(rows, start=1):
        label = _label(f"{path}, row {number}", row, columns, ids)
        if label is None:
            continue
        if other := labels.get(label.key):
            raise DataError(
                f"{label.where}: labels an answer that {other.where} already labels; label each "
                "answer once"
            )
        labels[label.key] = label
    if not labels:
        raise DataError(
            f"{path}: all {len(rows):,} values of {columns['label']!r} are empty; labels are "
            f"{_ACCEPTED}"
        )
    return list(labels.values())


def _columns(path: Path, there: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    columns = {ours: names.get(ours, ours) for ours in LABEL_COLUMNS}
    by_id = columns["answer_id"] in there
    needed = ("answer_id", "label") if by_id else ("item_id", "arm", "label")
    for ours, theirs in columns.items():
        if theirs not in there and (ours in needed or ours in names):
            raise DataError(
                f"{path}: no column {theirs!r}; it has {', '.join(map(str, there))}. Labels have "
                "answer_id and label, or item_id, arm, epoch (may be left out) and label"
            )
    return {ours: theirs for ours, theirs in columns.items() if theirs in there}


def _label(
    where: str, row: Mapping[str, Any], columns: Mapping[str, str], ids: AnswerIds
) -> Label | None:
    verdict = label_of(where, columns["label"], row.get(columns["label"]))
    if verdict is None:
        return None
    if "answer_id" in columns:
        answer_id = _needed(where, row, columns["answer_id"])
        return Label(where, *ids.find(where, answer_id), verdict)
    item_id, arm = (_needed(where, row, columns[ours]) for ours in ("item_id", "arm"))
    epoch = 0
    if "epoch" in columns:
        epoch = cell_whole_number(where, columns["epoch"], row.get(columns["epoch"]))
    return Label(where, item_id, arm, epoch, verdict)


def _needed(where: str, row: Mapping[str, Any], column: str) -> str:
    text = cell_text(row.get(column))
    if not text:
        raise DataError(f"{where}: {column!r} is empty; each label needs it")
    return text


def check_labels(labels: Sequence[Label], verdicts: Iterable[Mapping[str, Any]]) -> None:
    """Raises ``DataError`` unless each label is of an answer that has a verdict."""
    answers = {(v["item_id"], v["arm"], v["epoch"]) for v in verdicts}
    strange = [label for label in labels if label.key not in answers]
    if not strange:
        return
    first = strange[0]
    if len(strange) == len(labels):
        problem = f"none of the {len(labels):,} labels matches an answer of this run"
    else:
        problem = f"{len(strange):,} of {len(labels):,} labels match no answer of this run"
    raise DataError(f"{first.where}: {_strangeness(first, answers)}; {problem}")


def _strangeness(label: Label, answers: set[AnswerKey]) -> str:
    arms = sorted({arm for _, arm, _ in answers})
    if label.arm not in arms:
        return f"no arm {label.arm[:80]!r} in this run; it has {', '.join(arms)}"
    epochs = sorted(e for item, arm, e in answers if (item, arm) == (label.item_id, label.arm))
    if not epochs:
        return f"no answer to an item {label.item_id[:120]!r} in arm {label.arm!r}"
    known = ", ".join(map(str, epochs))
    return f"no epoch {label.epoch} of item {label.item_id!r}; its epochs are {known}"
