"""Answers that somebody else recorded: rows of question and response, in any common layout.

Columns (another name can be given; the paper's own are known):

    response            the model's answer                                          required
    item_id             of a release; else the next ones say what was asked
    question            the question alone                                          required
    correct_answers     a list, a list in a text, or one answer                     required
    incorrect_answers   likewise                                                    optional
    task, context, belief, question_id, prompt, epoch                               optional
    source_question     the question before it was rewritten: rows are paired by it optional
    finish_reason       why the model stopped, in the words of its provider         optional
    reasoning           what the model thought before it answered                   optional
    correct             a human's label: true/false, 1/0, correct/incorrect         optional

A row may lack what another has: a value that is not there is an empty cell. An empty response is
no answer (``records.reply``), never a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from warmbench.data.answer_row import AnswerCells, AnswerRow, Columns
from warmbench.data.table import TABLE_SUFFIXES, columns_of, read_rows
from warmbench.errors import DataError, UsageError
from warmbench.tasks.registry import all_tasks

__all__ = ["COLUMN_NAMES", "parse_column_names", "read_answers"]

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "response": ("response", "output", "completion"),
    "item_id": ("item_id",),
    "question": ("question", "content_key", "prompt_disinfo", "original_question"),
    "source_question": ("original_question",),
    "correct_answers": ("correct_answers", "correct_answer", "answer", "ground_truth"),
    "incorrect_answers": ("incorrect_answers", "incorrect_answer", "wrong_answer", "ground_false"),
    "task": ("task",),
    "context": ("context", "amendment_type"),
    "belief": ("belief", "prompt_template", "prompt_type"),
    "question_id": ("question_id",),
    "prompt": ("prompt",),
    "epoch": ("epoch",),
    "finish_reason": ("finish_reason",),
    "reasoning": ("reasoning", "reasoning_content"),
    "correct": ("correct",),
}
"""Our column -> the names under which it is looked for, the first that is there wins. The paper's
MedQA files have the vignette as ``original_question``, and some of them no other question."""

_FILE_TASKS = {"trivia": "triviaqa", "truthful": "truthfulqa"}
"""How files of answers are named that do not have the whole name of their task."""


def parse_column_names(
    text: str | None, columns: Iterable[str] = tuple(COLUMN_NAMES)
) -> dict[str, str]:
    """Read ``response=output,question=q``; raises ``UsageError`` for an unknown column of ours.

    ``columns``: those that may be named.
    """
    accepted = tuple(columns)
    names: dict[str, str] = {}
    for part in (text or "").split(","):
        if not part.strip():
            continue
        ours, separator, theirs = (piece.strip() for piece in part.partition("="))
        if not separator or not theirs or ours not in accepted:
            raise UsageError(
                f"--columns {part.strip()!r}: write OURS=THEIRS; ours are {', '.join(accepted)}"
            )
        names[ours] = theirs
    return names


def read_answers(
    path: Path, names: Mapping[str, str] | None = None, task: str | None = None
) -> list[AnswerRow]:
    """The answers of a file, or of every table in a folder, in the order of their names.

    ``names`` says which column holds what where the usual names don't fit; ``task`` is the task
    of rows that don't say theirs (else a file named after a task, e.g. ``medqa_warm.csv``, tells).
    Raises ``DataError`` for what can't be read, with file and row.
    """
    if not path.is_dir():
        return _read_file(path, names or {}, task)
    tables = sorted(p for p in path.iterdir() if p.suffix.lower() in TABLE_SUFFIXES)
    if not tables:
        raise DataError(f"{path}: no {', '.join(TABLE_SUFFIXES)} file in this folder")
    return [row for table in tables for row in _read_file(table, names or {}, task)]


def _read_file(path: Path, names: Mapping[str, str], task: str | None) -> list[AnswerRow]:
    rows = read_rows(path, repair=True)
    columns = _columns(path, columns_of(rows), names)
    fallback = task or _task_of_file(path)
    from_csv = path.suffix.lower() == ".csv"
    answers = [
        AnswerCells(f"{path}, row {number}", row, columns, from_csv).answer(fallback)
        for number, row in enumerate(rows, start=1)
        if not from_csv or any(row.values())  # spreadsheets leave rows of empty cells
    ]
    if not answers:
        raise DataError(f"{path}: all rows are empty")
    return answers


def _columns(path: Path, there: Sequence[str], names: Mapping[str, str]) -> Columns:
    columns = {}
    for ours, usual in COLUMN_NAMES.items():
        wanted = (names[ours],) if ours in names else usual
        if found := [name for name in wanted if name in there]:
            columns[ours] = found
        elif ours in names:
            raise DataError(f"{path}: no column {names[ours]!r}; it has {', '.join(there)}")
    if "response" not in columns:
        raise DataError(
            f"{path}: no column 'response'; it has {', '.join(there)}. "
            "Say which one it is with --columns response=NAME"
        )
    if "item_id" not in columns and "question" not in columns:
        raise DataError(f"{path}: no column 'item_id' or 'question'; it has {', '.join(there)}")
    return columns


def _task_of_file(path: Path) -> str | None:
    names = {**_FILE_TASKS, **{name: name for name in all_tasks()}}
    return next((task for stem, task in names.items() if stem in path.stem.lower()), None)
