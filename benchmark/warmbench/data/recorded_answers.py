"""Answers that somebody else recorded: rows of question and response, in any common layout.

Columns (another name can be given; the paper's own are known):

    response            the model's answer                                          required
    item_id             of a release; else the next ones say what was asked
    question            the question alone                                          required
    correct_answers     a list, a JSON list, or one answer                          required
    incorrect_answers   likewise                                                    optional
    task, context, belief, question_id, prompt, epoch                               optional
    correct             a human's label: true/false, 1/0, correct/incorrect         optional

One cell of a table that somebody else wrote, read as what it should be.

A CSV holds texts alone, and a whole column of numbers with a gap holds 1.0 for 1 and NaN for the
gap; an empty cell says nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from warmbench.conditions import PAPER_BELIEFS, PAPER_CONTEXTS, Belief, Context
from warmbench.data.table import TABLE_SUFFIXES, read_rows
from warmbench.errors import DataError, UnknownTaskError, UsageError
from warmbench.records.item import Item, item_id_of
from warmbench.records.message import Message
from warmbench.tasks.registry import all_tasks, task_of

__all__ = [
    "COLUMN_NAMES",
    "AnswerRow",
    "cell_text",
    "cell_truth",
    "cell_whole_number",
    "item_id_of_answer",
    "items_of_answers",
    "parse_column_names",
    "read_answers",
]

_TRUTHS = {"true": True, "1": True, "correct": True, "false": False, "0": False, "incorrect": False}
_SHOWN = 80


def cell_text(value: Any) -> str:
    """The value as text, empty where the cell is."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def cell_truth(where: str, column: str, value: Any) -> bool | None:
    """True/false, 1/0 or correct/incorrect; None where the cell is empty.

    Raises ``DataError`` for anything else; ``where`` names file and row.
    """
    text = cell_text(value)
    if not text:
        return None
    truth = _TRUTHS.get(text.lower())
    if truth is None:
        raise DataError(f"{where}: {column!r} should be true or false, found {text[:_SHOWN]!r}")
    return truth


def cell_whole_number(where: str, column: str, value: Any) -> int:
    """A whole number; 0 where the cell is empty. Raises ``DataError`` for anything else."""
    text = cell_text(value)
    try:
        return int(text or 0)
    except ValueError:
        raise DataError(
            f"{where}: {column!r} should be a whole number, found {text[:_SHOWN]!r}"
        ) from None


COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "response": ("response", "output", "completion"),
    "item_id": ("item_id",),
    "question": ("question", "content_key"),
    "correct_answers": ("correct_answers", "correct_answer", "answer"),
    "incorrect_answers": ("incorrect_answers", "incorrect_answer", "wrong_answer"),
    "task": ("task",),
    "context": ("context", "amendment_type"),
    "belief": ("belief", "prompt_template", "prompt_type"),
    "question_id": ("question_id",),
    "prompt": ("prompt",),
    "epoch": ("epoch",),
    "correct": ("correct",),
}
"""Our column -> the names under which it is looked for, the first that is there wins."""

_Label = TypeVar("_Label", Context, Belief)

_FILE_TASKS = {"trivia": "triviaqa", "truthful": "truthfulqa"}
"""How files of answers are named that do not have the whole name of their task."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One recorded answer, and what is known of the question. ``where`` names file and row."""

    where: str
    response: str
    item_id: str | None
    question: str | None
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...]
    task: str | None
    context: Context
    belief: Belief
    question_id: str | None
    prompt: str | None
    epoch: int
    correct: bool | None


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
    rows = read_rows(path)
    columns = _columns(path, rows[0], names)
    fallback = task or _task_of_file(path)
    return [
        _to_answer(f"{path}, row {number}", row, columns, fallback)
        for number, row in enumerate(rows, start=1)
    ]


def _columns(path: Path, row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    columns = {}
    for ours, usual in COLUMN_NAMES.items():
        wanted = (names[ours],) if ours in names else usual
        found = next((name for name in wanted if name in row), None)
        if found is not None:
            columns[ours] = found
        elif ours in names:
            raise DataError(f"{path}: no column {names[ours]!r}; it has {', '.join(row)}")
    if "response" not in columns:
        raise DataError(
            f"{path}: no column 'response'; it has {', '.join(row)}. "
            "Say which one it is with --columns response=NAME"
        )
    if "item_id" not in columns and "question" not in columns:
        raise DataError(f"{path}: no column 'item_id' or 'question'; it has {', '.join(row)}")
    return columns


def _to_answer(
    where: str, row: Mapping[str, Any], columns: Mapping[str, str], task: str | None
) -> AnswerRow:
    def value(ours: str) -> Any:
        return row[columns[ours]] if ours in columns else None

    context, belief = _condition(where, value("context"), value("belief"))
    return AnswerRow(
        where=where,
        response=_text(where, columns["response"], value("response")),
        item_id=_optional_text(value("item_id")),
        question=_optional_text(value("question")),
        correct_answers=_answers(where, columns.get("correct_answers"), value("correct_answers")),
        incorrect_answers=_answers(
            where, columns.get("incorrect_answers"), value("incorrect_answers")
        ),
        task=_task(where, value("task")) if value("task") else task,
        context=context,
        belief=belief,
        question_id=_optional_text(value("question_id")),
        prompt=_optional_text(value("prompt")),
        epoch=cell_whole_number(where, columns.get("epoch", "epoch"), value("epoch")),
        correct=cell_truth(where, columns.get("correct", "correct"), value("correct")),
    )


def _text(where: str, column: str, value: Any) -> str:
    if not isinstance(value, str):
        raise DataError(f"{where}: {column!r} should be text, found {type(value).__name__}")
    return value


def _optional_text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def _answers(where: str, column: str | None, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    if isinstance(value, str | int | float):
        value = [str(value)]
    if not isinstance(value, list) or not all(isinstance(v, str | int | float) for v in value):
        raise DataError(f"{where}: {column!r} should be a list of texts or one text")
    return tuple(text for text in (str(v).strip() for v in value) if text)


def _condition(where: str, context: Any, belief: Any) -> tuple[Context, Belief]:
    ours = PAPER_CONTEXTS.get(str(context)) if context else Context.PLAIN
    our_belief = PAPER_BELIEFS.get(str(belief)) if belief else Belief.NONE
    if belief == "original_neutral" and ours is Context.PLAIN:
        ours = Context.NEUTRAL
    return (
        ours or _member(where, Context, "context", context),
        our_belief or _member(where, Belief, "belief", belief),
    )


def _member(where: str, enum: type[_Label], name: str, value: Any) -> _Label:
    try:
        return enum(str(value).strip().lower())
    except ValueError:
        known = ", ".join(member.value for member in enum)
        raise DataError(f"{where}: no {name} {str(value)[:80]!r}; they are {known}") from None


def _task(where: str, value: Any) -> str:
    try:
        return task_of(str(value).strip().lower()).name
    except UnknownTaskError as error:
        raise DataError(f"{where}: {error}") from None


def _task_of_file(path: Path) -> str | None:
    names = {**_FILE_TASKS, **{name: name for name in all_tasks()}}
    return next((task for stem, task in names.items() if stem in path.stem.lower()), None)


def items_of_answers(rows: Iterable[AnswerRow], source: str) -> list[Item]:
    """The items that recorded answers belong to, for answers to questions of one's own.

    A row without a correct answer stays: its verdict is ``unscored``. Raises ``DataError`` for a
    row without question or task, when no row has a correct answer, and for two rows of the same
    question in the same context, belief and epoch.
    """
    items: dict[str, Item] = {}
    seen: dict[tuple[str, int], str] = {}
    for row in rows:
        item = _to_item(row, source)
        key = (item.item_id, row.epoch)
        if key in seen:
            raise DataError(f"{row.where}: the same question and condition as {seen[key]}")
        seen[key] = row.where
        items.setdefault(item.item_id, item)
    if not any(item.correct_answers for item in items.values()):
        raise DataError(f"{source}: no row has a correct answer; add a column 'correct_answers'")
    return list(items.values())


def item_id_of_answer(row: AnswerRow) -> str:
    """The item that a row answers: its ``item_id``, or one made of task, question, condition."""
    if row.item_id:
        return row.item_id
    return item_id_of(_question_id(row), row.context, row.belief)


def _question_id(row: AnswerRow) -> str:
    if row.question_id:
        return row.question_id
    if row.task is None or row.question is None:
        missing = "task" if row.task is None else "question"
        raise DataError(
            f"{row.where}: the {missing} is missing; add a column {missing!r}"
            + (" or use --tasks NAME" if missing == "task" else "")
        )
    digest = hashlib.sha256(f"{row.task}\n{row.question}".encode()).hexdigest()
    return f"own-{row.task}-{digest[:12]}"


def _to_item(row: AnswerRow, source: str) -> Item:
    question_id = _question_id(row)
    if row.task is None or row.question is None:
        raise DataError(f"{row.where}: 'task' and 'question' are needed with 'question_id'")
    prompt = row.prompt or row.question
    return Item(
        item_id=item_id_of_answer(row),
        question_id=question_id,
        task=row.task,
        context=row.context,
        belief=row.belief,
        messages=(Message("user", prompt),),
        question=row.question,
        framing_id="",
        framing="",
        belief_text="",
        correct_answers=row.correct_answers,
        incorrect_answers=row.incorrect_answers,
        category="",
        source=source,
        source_revision="",
        license="unknown",
        canary="",
    )
