"""One recorded answer, read from a row of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from warmbench.conditions import PAPER_BELIEFS, PAPER_CONTEXTS, Belief, Context
from warmbench.data.cell import cell_text, cell_texts, cell_truth, cell_whole_number
from warmbench.errors import DataError, UnknownTaskError
from warmbench.records.reply import RECORDED, Reply
from warmbench.tasks.registry import task_of

__all__ = ["NO_TEXT", "AnswerCells", "AnswerRow", "Columns"]

NO_TEXT = frozenset({"nan", "NaN", "None", "<NA>", "null", "NULL"})
"""What ``str()`` and SQL make of a missing value. A CSV can't tell it from a text, so such a cell
of a CSV is empty, but for references: ``None`` may be a right one, and then a response that says so
is kept. ``NA`` may be sodium or North America, and is an answer."""

_NO_REFERENCE = frozenset({"nan", "NaN", "<NA>"})

_ANSWERS = ("response", "correct_answers", "incorrect_answers")

_SHOWN = 80

_Label = TypeVar("_Label", Context, Belief)

Columns = Mapping[str, Sequence[str]]
"""Our column -> those of the file that hold it; a row has it under the first that it has."""


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


@dataclass(frozen=True, slots=True)
class AnswerCells:
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
