"""Labelled answers to measure judges on: the judging set, and files with people's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warmbench.data.recorded_answers import read_answers
from warmbench.errors import UsageError
from warmbench.judging.judge import Case
from warmbench.judging.judge_answers import cases_of_answers
from warmbench.records.labelled_answer import Part
from warmbench_builders.judging_set.judging_set import read_judging_set

__all__ = ["LabelledCase", "LabelledSet", "judging_part", "labelled_files"]


@dataclass(frozen=True, slots=True)
class LabelledCase:
    """What a judge sees of one answer, and what it does not: its label, arm and style. The latter
    are empty where nobody knows them."""

    case: Case
    question_id: str
    right: bool
    arm: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """``by_people``: whether people gave the labels."""

    name: str
    by_people: bool
    answers: Sequence[LabelledCase]


def judging_part(part: Part) -> LabelledSet:
    """One part of the judging set; answers to upstream questions, whose text is not there, are left
    out."""
    answers = [one for one in read_judging_set() if one.part is part]
    return LabelledSet(
        f"judging set, {part}",
        False,
        [
            LabelledCase(
                Case(one.asked, one.answer, one.task),
                one.question_id,
                one.right,
                one.arm,
                one.style,
            )
            for one in answers
            if one.asked is not None
        ],
    )


def labelled_files(folder: Path) -> list[LabelledSet]:
    """A set for each JSONL file in a folder, by its name: ``question``, ``response``, ``correct``,
    ``correct_answers`` and ``incorrect_answers``. Rows without an answer or a label are left out.

    Raises ``UsageError`` where there is no such file, ``DataError`` for a damaged one.
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise UsageError(f"--labelled {folder}: no .jsonl file there; give a folder with some")
    return [_of_file(path) for path in paths]


def _of_file(path: Path) -> LabelledSet:
    rows = read_answers(path)
    return LabelledSet(
        path.stem.replace("_", " "),
        True,
        [
            LabelledCase(case, case.question.text, row.correct)
            for row, case in zip(rows, cases_of_answers(rows), strict=True)
            if isinstance(case, Case) and row.correct is not None
        ],
    )
