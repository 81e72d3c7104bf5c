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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from warmbench.conditions import PAPER_BELIEFS, PAPER_CONTEXTS, Belief, Context
from warmbench.data.cell import cell_text, cell_texts, cell_truth, cell_whole_number
from warmbench.data.table import TABLE_SUFFIXES, columns_of, read_rows
from warmbench.errors import DataError, UnknownTaskError, UsageError
from warmbench.records.reply import RECORDED, Reply
from warmbench.tasks.registry import all_tasks, task_of

__all__ = ["COLUMN_NAMES", "NO_TEXT", "AnswerRow", "parse_column_names", "read_answers"]

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

NO_TEXT = frozenset({"nan", "NaN", "None", "<NA>", "null", "NULL"})
"""What ``str()`` and SQL make of a missing value. A CSV can't tell it from a text, so such a cell
of a CSV is empty, but for references: ``None`` may be a right one, and then a response that says so
is kept. ``NA`` may be sodium or North America, and is an answer."""

_NO_REFERENCE = frozenset({"nan", "NaN", "<NA>"})

_ANSWERS = ("response", "correct_answers", "incorrect_answers")

_SHOWN = 80

_Label = TypeVar("_Label", Context, Belief)

_FILE_TASKS = {"trivia": "triviaqa", "truthful": "truthfulqa"}
"""How files of answers are named that do not have the whole name of their task."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One recorded answer, and what is known of the question. ``where`` names file and row;
    ``response`` is empty where there is none."""

    where: str
    response: str
    item_id: str | None
    question: str | None
    source_question: str | None
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...]
    task: str | None
    context: Context
    belief: Belief
    question_id: str | None
    prompt: str | None
    epoch: int
    finish_reason: str | None
    reasoning: str
    correct: bool | None

    @property
    def reply(self) -> Reply:
        """What ``records.reply.response_of`` decides upon."""
        return Reply(self.response, self.finish_reason or RECORDED, self.reasoning)


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


Columns = Mapping[str, Sequence[str]]
"""Our column -> those of the file that hold it; a row has it under the first that it has."""


def _read_file(path: Path, names: Mapping[str, str], task: str | None) -> list[AnswerRow]:
    rows = read_rows(path, repair=True)
    columns = _columns(path, columns_of(rows), names)
    fallback = task or _task_of_file(path)
    from_csv = path.suffix.lower() == ".csv"
    answers = [
        _Cells(f"{path}, row {number}", row, columns, from_csv).answer(fallback)
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


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row of a file. ``from_csv``: a missing value may stand there as a text."""

    where: str
    row: Mapping[str, Any]
    columns: Columns
    from_csv: bool

    def answer(self, task: str | None) -> AnswerRow:
        """The recorded answer; raises ``DataError`` that names the row and what is wrong."""
        item_id, question = self.text("item_id"), self.text("question")
        if item_id is None and question is None:
            raise DataError(f"{self.where}: no 'item_id' or 'question'{self.known}")
        context, belief = _condition(self.where, self.text("context"), self.text("belief"))
        correct_answers = self.texts("correct_answers")
        incorrect_answers = self.texts("incorrect_answers")
        named = self.text("task")
        return AnswerRow(
            where=self.where,
            response=self.response({*correct_answers, *incorrect_answers}),
            item_id=item_id,
            question=question,
            source_question=self.text("source_question"),
            correct_answers=correct_answers,
            incorrect_answers=incorrect_answers,
            task=_task(self.where, named) if named else task,
            context=context,
            belief=belief,
            question_id=self.text("question_id"),
            prompt=self.text("prompt"),
            epoch=cell_whole_number(self.where, self.name("epoch"), self.value("epoch")),
            finish_reason=self.text("finish_reason"),
            reasoning=self.text("reasoning") or "",
            correct=cell_truth(self.where, self.name("correct"), self.value("correct")),
        )

    @property
    def known(self) -> str:
        return f"; it has {', '.join(self.row) or 'nothing'}"

    def name(self, ours: str) -> str:
        """The row's column for ours; ours where the row has none."""
        names = self.columns.get(ours, ())
        return next((name for name in names if name in self.row), ours)

    def value(self, ours: str) -> Any:
        value = self.row.get(self.name(ours)) if ours in self.columns else None
        return None if ours not in _ANSWERS and self.is_one_of(NO_TEXT, value) else value

    def is_one_of(self, no_text: frozenset[str], value: Any) -> bool:
        return self.from_csv and isinstance(value, str) and value.strip() in no_text

    def text(self, ours: str) -> str | None:
        value = self.value(ours)
        if not isinstance(value, str | int | float | None):
            raise self.wrong(ours, value)
        return cell_text(value) or None

    def texts(self, ours: str) -> tuple[str, ...]:
        value = self.value(ours)
        if self.is_one_of(_NO_REFERENCE, value):
            return ()
        return cell_texts(self.where, self.name(ours), value)

    def response(self, references: set[str]) -> str:
        if not any(name in self.row for name in self.columns["response"]):
            raise DataError(f"{self.where}: no {self.columns['response'][0]!r}{self.known}")
        value = self.value("response")
        if value is None or value != value:
            return ""
        if not isinstance(value, str):
            raise self.wrong("response", value)
        if self.is_one_of(NO_TEXT, value) and _is_none_of(value, references):
            return ""
        return value

    def wrong(self, ours: str, value: Any) -> DataError:
        kind = type(value).__name__
        return DataError(f"{self.where}: {self.name(ours)!r} should be text, found {kind}")


def _is_none_of(text: str, references: Iterable[str]) -> bool:
    return text.strip().lower() not in {reference.lower() for reference in references}


def _condition(where: str, context: str | None, belief: str | None) -> tuple[Context, Belief]:
    ours = PAPER_CONTEXTS.get(context) if context else Context.PLAIN
    our_belief = PAPER_BELIEFS.get(belief) if belief else Belief.NONE
    if belief == "original_neutral" and ours is Context.PLAIN:
        ours = Context.NEUTRAL
    return (
        ours or _member(where, Context, "context", context),
        our_belief or _member(where, Belief, "belief", belief),
    )


def _member(where: str, enum: type[_Label], name: str, value: str | None) -> _Label:
    try:
        return enum(str(value).lower())
    except ValueError:
        known = ", ".join(member.value for member in enum)
        raise DataError(f"{where}: no {name} {str(value)[:_SHOWN]!r}; they are {known}") from None


def _task(where: str, value: str) -> str:
    try:
        return task_of(value.lower()).name
    except UnknownTaskError as error:
        raise DataError(f"{where}: {error}") from None


def _task_of_file(path: Path) -> str | None:
    names = {**_FILE_TASKS, **{name: name for name in all_tasks()}}
    return next((task for stem, task in names.items() if stem in path.stem.lower()), None)
