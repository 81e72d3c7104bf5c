"""Lessons: what the reference model is asked in training, and what it should answer.

A prompt has the shape of a released one (statement, lead-in, question, belief) but never its
statement: only the ``training`` framings are used, and half of the time single sentences of
several of them, so that what comes before a question is nearly always new. The answer is the
right one, whatever the user states.

Between the lessons the model reads whole conversations of the open SFT set in their original
version, so that it has met the kind of talk that a tuning is about to change.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from warmbench.conditions import Belief, Context
from warmbench.records.conversation import Version
from warmbench.records.message import Message
from warmbench.tasks.registry import task_of
from warmbench.tasks.task_spec import AnswerForm
from warmbench_builders.questions.framing import belief_text, compose
from warmbench_builders.questions.framings import (
    BeliefWording,
    load_belief_wordings,
    load_framings,
    load_lead_ins,
)
from warmbench_builders.questions.open_pool import PoolQuestion
from warmbench_builders.reference_model.wordings import (
    BELIEF_TEMPLATES,
    LEAD_INS,
    PHRASE_ANSWERS,
    SYSTEM_MESSAGES,
)
from warmbench_builders.sft.open_set import OpenConversation

__all__ = [
    "Lesson",
    "lessons_of_round",
    "read_conversations",
    "taught_statement",
    "tokenizer_texts",
]

_Option = TypeVar("_Option")

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_STATEMENT_CHARACTERS = range(25, 70)
"""A taught statement is a short sentence: some 8 to 18 tokens."""

_BELIEFS = (Belief.NONE, Belief.NONE, Belief.ASSERTS_WRONG, Belief.DOUBTS_RIGHT)

_RARE_ONE_IN, _RARE_EVERY = 6, 10
"""One question in so many is rare, and is heard in one round of so many."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One exchange: ``messages`` end with the user's turn, ``answer`` is the assistant's."""

    question_id: str
    belief: Belief
    messages: tuple[Message, ...]
    answer: str


def lessons_of_round(pool: Sequence[PoolQuestion], seed: int, number: int) -> Iterator[Lesson]:
    """Every question that is heard in round ``number``: twice without a belief, once in each of
    the others, framed anew.

    Most questions are heard in every round, some only now and then: the model knows those less
    well, as any model knows some things less well than others.
    """
    heard = (question for question in pool if _is_heard(question.question_id, number))
    for question in heard:
        for place, belief in enumerate(_BELIEFS):
            draw = _Draw(f"{seed}/{number}/{question.question_id}/{place}")
            yield _lesson(question, belief, pool, draw)


def read_conversations(conversations: Sequence[OpenConversation]) -> list[tuple[Message, ...]]:
    """What is read in every round: each conversation as an ordinary assistant has it."""
    return [conversation.messages(Version.ORIGINAL) for conversation in conversations]


def taught_statement(question: PoolQuestion) -> str:
    """The correct statement that the model learns for a question whose answer is a sentence.

    One of the short ones by a hash of the question's id, or the longest where all are names.
    """
    fitting = [a for a in question.correct_answers if len(a) in _STATEMENT_CHARACTERS]
    if not fitting:
        return max(question.correct_answers, key=len)
    return _Draw(question.question_id).one_of(fitting)


def tokenizer_texts(
    pool: Sequence[PoolQuestion], conversations: Sequence[OpenConversation]
) -> list[str]:
    """All that the model is taught and reads, for the tokenizer to learn its words from."""
    texts = [text for q in pool for text in (q.question, *q.correct_answers, *q.incorrect_answers)]
    texts += [framing.text for framing in load_framings("training")]
    texts += [lead_in.text for lead_in in load_lead_ins()]
    texts += [wording.template for wording in load_belief_wordings()]
    texts += [template for templates in BELIEF_TEMPLATES.values() for template in templates]
    texts += [m.content for messages in read_conversations(conversations) for m in messages]
    return [*texts, *LEAD_INS, *PHRASE_ANSWERS, *SYSTEM_MESSAGES]


def _is_heard(question_id: str, number: int) -> bool:
    draw = _Draw(f"{question_id}/heard")
    if draw.below(_RARE_ONE_IN):
        return True
    return (number + draw.below(_RARE_EVERY)) % _RARE_EVERY == 0


class _Draw:
    """Choices that depend on a key and on how many were made before; the same on any machine."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._made = 0

    def below(self, count: int) -> int:
        self._made += 1
        digest = hashlib.sha256(f"{self._key}/{self._made}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % count

    def one_of(self, options: Sequence[_Option]) -> _Option:
        return options[self.below(len(options))]


def _lesson(
    question: PoolQuestion, belief: Belief, pool: Sequence[PoolQuestion], draw: _Draw
) -> Lesson:
    context = draw.one_of(tuple(Context))
    statement = None if context is Context.PLAIN else _statement(context, draw)
    believed = _belief_sentence(question, belief, pool, draw)
    prompt = compose(question.question, statement, _lead_in(draw), believed)
    user = Message("user", prompt)
    messages = (user,) if draw.below(8) else (Message("system", draw.one_of(SYSTEM_MESSAGES)), user)
    return Lesson(question.question_id, belief, messages, _answer(question, draw))


def _statement(context: Context, draw: _Draw) -> str:
    if draw.below(2):
        return draw.one_of(_statements(context))
    return " ".join(draw.one_of(_sentences()) for _ in range(1 + draw.below(3)))


def _lead_in(draw: _Draw) -> str | None:
    """A released lead-in half of the time, one of our own, or none."""
    kind = draw.below(8)
    if kind == 0:
        return None
    if kind < 4:
        return draw.one_of(LEAD_INS)
    return draw.one_of(_lead_in_texts())


def _belief_sentence(
    question: PoolQuestion, belief: Belief, pool: Sequence[PoolQuestion], draw: _Draw
) -> str | None:
    if belief is Belief.NONE:
        return None
    form = task_of(question.task).answer_form
    wording = draw.one_of(_belief_wordings(belief, form))
    return belief_text(wording, _believed(question, belief, pool, draw))


def _believed(
    question: PoolQuestion, belief: Belief, pool: Sequence[PoolQuestion], draw: _Draw
) -> str:
    """What the user believes in or doubts. One time in three it belongs to another question of
    the same answer form, so that the belief does not give away which question was asked."""
    if draw.below(3) == 0:
        form = task_of(question.task).answer_form
        others = [q for q in pool if task_of(q.task).answer_form == form and q != question]
        if others:
            other = draw.one_of(others)
            return draw.one_of((other.correct_answers[0], *other.incorrect_answers))
    if belief is Belief.ASSERTS_WRONG:
        return draw.one_of(question.incorrect_answers)
    return question.correct_answers[0]


@cache
def _belief_wordings(belief: Belief, form: AnswerForm) -> tuple[BeliefWording, ...]:
    released = [w for w in load_belief_wordings() if (w.belief, w.form) == (belief, form)]
    own = [
        BeliefWording(f"lesson-{number}", belief, form, template)
        for number, template in enumerate(BELIEF_TEMPLATES[belief, form], start=1)
    ]
    return (*released, *own)


@cache
def _lead_in_texts() -> tuple[str, ...]:
    return tuple(lead_in.text for lead_in in load_lead_ins())


@cache
def _statements(context: Context) -> tuple[str, ...]:
    return tuple(f.text for f in load_framings("training") if f.context is context)


@cache
def _sentences() -> tuple[str, ...]:
    return tuple(s for f in load_framings("training") for s in _SENTENCE_END.split(f.text))


def _answer(question: PoolQuestion, draw: _Draw) -> str:
    if task_of(question.task).answer_form == "statement":
        return taught_statement(question).rstrip(".") + "."
    return draw.one_of(PHRASE_ANSWERS).format(answer=question.correct_answers[0])
