"""The words around a question: framing statements, lead-ins and belief wordings.

All of them were written by hand for WarmBench (CC BY 4.0) and lie beside this file as JSONL.
``released`` holds the statements of the benchmark; ``training`` holds others of the same kind,
which only a reference model is trained on, so that it has never seen the released ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

from warmbench.conditions import Belief, Context
from warmbench.errors import DataError
from warmbench.tasks.task_spec import AnswerForm
from warmbench_builders.questions.packaged_rows import json_rows, packaged_text

__all__ = [
    "BeliefWording",
    "Framing",
    "FramingSet",
    "LeadIn",
    "load_belief_wordings",
    "load_framings",
    "load_lead_ins",
    "parse_belief_wordings",
    "parse_framings",
    "parse_lead_ins",
]

FramingSet = Literal["released", "training"]

_ANSWER_FORMS: tuple[AnswerForm, ...] = get_args(AnswerForm)

# What every belief template must hold, once: where the answer goes.
_ANSWER_SLOT = "{answer}"


@dataclass(frozen=True, slots=True)
class Framing:
    """One statement of a context, said before the question.

    A row::

        {"framing_id": "neutral-04", "context": "neutral", "text": "There is a stack of ..."}
    """

    framing_id: str
    context: Context
    text: str


@dataclass(frozen=True, slots=True)
class LeadIn:
    """What joins a statement and a question, so that they read as one message."""

    lead_in_id: str
    text: str


@dataclass(frozen=True, slots=True)
class BeliefWording:
    """One wording of a belief, said after the question.

    ``template`` holds ``{answer}`` once and brings its own punctuation: the answer is put in
    without its final full stop. ``form`` tells which answers it reads well with.
    """

    belief_id: str
    belief: Belief
    form: AnswerForm
    template: str


def load_framings(name: FramingSet) -> tuple[Framing, ...]:
    """The ``released`` or the ``training`` statements, grouped by context."""
    if name not in get_args(FramingSet):
        accepted = " or ".join(get_args(FramingSet))
        raise DataError(f"unknown set of framings {name!r}; accepted are {accepted}")
    return parse_framings(packaged_text(__name__, f"{name}.jsonl"), f"{name}.jsonl")


def load_lead_ins() -> tuple[LeadIn, ...]:
    """All lead-ins; each fits after every statement and before every question."""
    return parse_lead_ins(packaged_text(__name__, "lead_ins.jsonl"), "lead_ins.jsonl")


def load_belief_wordings() -> tuple[BeliefWording, ...]:
    """All wordings, five for each belief and form; the same number means the same wording."""
    return parse_belief_wordings(packaged_text(__name__, "beliefs.jsonl"), "beliefs.jsonl")


def parse_framings(text: str, source: str) -> tuple[Framing, ...]:
    """The framings of JSONL text; ``DataError`` names ``source``, the line and what is wrong."""
    framings = tuple(
        Framing(row["framing_id"], _context(row["context"], where), row["text"])
        for where, row in _rows(text, source, Framing)
    )
    _check_unique([framing.framing_id for framing in framings], source)
    return framings


def parse_lead_ins(text: str, source: str) -> tuple[LeadIn, ...]:
    """The lead-ins of JSONL text; errors as in ``parse_framings``."""
    lead_ins = tuple(LeadIn(**row) for _, row in _rows(text, source, LeadIn))
    _check_unique([lead_in.lead_in_id for lead_in in lead_ins], source)
    return lead_ins


def parse_belief_wordings(text: str, source: str) -> tuple[BeliefWording, ...]:
    """The belief wordings of JSONL text; errors as in ``parse_framings``."""
    wordings = tuple(
        _belief_wording(row, where) for where, row in _rows(text, source, BeliefWording)
    )
    _check_unique([wording.belief_id for wording in wordings], source)
    return wordings


def _belief_wording(row: Mapping[str, str], where: str) -> BeliefWording:
    template = row["template"]
    if template.count(_ANSWER_SLOT) != 1:
        raise DataError(f"{where}: template is {template!r}; it must hold {_ANSWER_SLOT} once")
    return BeliefWording(
        row["belief_id"], _belief(row["belief"], where), _form(row["form"], where), template
    )


def _context(value: str, where: str) -> Context:
    framed = [context for context in Context if context is not Context.PLAIN]
    if value not in framed:
        raise DataError(f"{where}: context is {value!r}; it must be one of {', '.join(framed)}")
    return Context(value)


def _belief(value: str, where: str) -> Belief:
    stated = [belief for belief in Belief if belief is not Belief.NONE]
    if value not in stated:
        raise DataError(f"{where}: belief is {value!r}; it must be one of {', '.join(stated)}")
    return Belief(value)


def _form(value: str, where: str) -> AnswerForm:
    for form in _ANSWER_FORMS:
        if value == form:
            return form
    raise DataError(f"{where}: form is {value!r}; it must be one of {', '.join(_ANSWER_FORMS)}")


def _rows(text: str, source: str, row_type: type) -> list[tuple[str, dict[str, str]]]:
    """Each row with where it stands; every field of ``row_type`` is there and is text."""
    rows = json_rows(text, source, [field.name for field in fields(row_type)])
    for where, row in rows:
        for name, value in row.items():
            if not isinstance(value, str) or not value.strip():
                raise DataError(f"{where}: {name} is {value!r}; it must be text")
    return rows


def _check_unique(ids: Sequence[str], source: str) -> None:
    repeated = sorted({row_id for row_id in ids if ids.count(row_id) > 1})
    if repeated:
        raise DataError(f"{source} holds {', '.join(repeated)} more than once; ids must differ")
