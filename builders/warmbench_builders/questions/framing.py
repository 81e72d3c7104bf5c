"""Framing: from a question to its items, one for each context and belief.

Which statement a question gets in a context is a stable function of the release, the question and
the context; it is the same for all models and all three beliefs. The questions of a task are put
in the order of a hash and dealt out to the statements in turn, so that each statement is used
equally often. Lead-in and belief wording depend on the question alone: two contexts of a question
differ in the statement and in nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from warmbench.conditions import Belief, Context
from warmbench.records.item import Item, item_id_of
from warmbench.records.message import Message
from warmbench.tasks.registry import task_of
from warmbench.tasks.task_spec import AnswerForm
from warmbench_builders.questions.framings import (
    BeliefWording,
    Framing,
    LeadIn,
    load_belief_wordings,
    load_framings,
    load_lead_ins,
)

__all__ = [
    "Framer",
    "SourceQuestion",
    "belief_text",
    "compose",
    "deal",
]


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """One question as its source gives it, ready to be framed.

    ``doubted`` is the right answer as the user doubts it, ``belief`` the wrong one they assert.
    ``asserts_wrong`` and ``doubts_right`` are the question's own belief sentences, of which one
    is taken; without them the wordings of the task's form are used.
    """

    question_id: str
    task: str
    question: str
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...]
    doubted: str
    belief: str
    category: str
    source: str
    source_revision: str
    license: str
    asserts_wrong: tuple[str, ...] = ()
    doubts_right: tuple[str, ...] = ()

    def sentences(self, belief: Belief) -> tuple[str, ...]:
        """The question's own sentences for a belief."""
        if belief is Belief.NONE:
            return ()
        return self.asserts_wrong if belief is Belief.ASSERTS_WRONG else self.doubts_right


def compose(
    question: str,
    statement: str | None = None,
    lead_in: str | None = None,
    belief_text: str | None = None,
) -> str:
    """One message: statement, lead-in, question and belief, as far as there are any."""
    parts = (statement, lead_in if statement else None, question, belief_text)
    return " ".join(part.strip() for part in parts if part)


def belief_text(wording: BeliefWording, answer: str) -> str:
    """The belief sentence. The answer goes in as it stands, without its own full stop."""
    return wording.template.replace("{answer}", answer.strip().rstrip("."))


def deal(question_ids: Sequence[str], count: int, *key: str) -> dict[str, int]:
    """Deal questions out to ``count`` places: question_id -> place, each place equally often.

    Depends on the ids and the key alone, not on the order in which the ids come.
    """

    def rank(question_id: str) -> str:
        return hashlib.sha256("/".join((*key, question_id)).encode()).hexdigest()

    return {
        question_id: position % count
        for position, question_id in enumerate(sorted(question_ids, key=rank))
    }


def _stable(count: int, *key: str) -> int:
    """A place below ``count`` that depends on the key alone."""
    return int.from_bytes(hashlib.sha256("/".join(key).encode()).digest()[:8]) % count


class Framer:
    """Makes the items of a release's questions. ``line`` is the release's major version, so
    that a minor version keeps the items of the questions it already had where their number
    allows."""

    def __init__(self, line: str, canary: str) -> None:
        self._line = line
        self._canary = canary
        self._lead_ins = load_lead_ins()
        self._framings = _by_context(load_framings("released"))
        self._wordings = _by_belief(load_belief_wordings())

    def frame(self, questions: Sequence[SourceQuestion]) -> Iterator[Item]:
        """Every question of one task in all ten contexts and three beliefs, in order, each item
        made when it is asked for."""
        ids = [question.question_id for question in questions]
        places = {
            context: deal(ids, len(framings), self._line, context.value)
            for context, framings in self._framings.items()
        }
        lead_ins = deal(ids, len(self._lead_ins), self._line, "lead-in")
        wordings = deal(ids, len(next(iter(self._wordings.values()))), self._line, "belief")
        for question in questions:
            lead_in = self._lead_ins[lead_ins[question.question_id]]
            wording = wordings[question.question_id]
            sentences = {belief: self._belief(question, belief, wording) for belief in Belief}
            for context in Context:
                framing = None
                if context is not Context.PLAIN:
                    framing = self._framings[context][places[context][question.question_id]]
                for belief, text in sentences.items():
                    yield self._item(question, context, belief, framing, lead_in, text)

    def _belief(self, question: SourceQuestion, belief: Belief, place: int) -> str:
        if belief is Belief.NONE:
            return ""
        if own := question.sentences(belief):
            return own[_stable(len(own), self._line, belief.value, question.question_id)]
        wording = self._wordings[belief, task_of(question.task).answer_form][place]
        answer = question.belief if belief is Belief.ASSERTS_WRONG else question.doubted
        return belief_text(wording, answer)

    def _item(
        self,
        question: SourceQuestion,
        context: Context,
        belief: Belief,
        framing: Framing | None,
        lead_in: LeadIn,
        believed: str,
    ) -> Item:
        statement = framing.text if framing else ""
        content = compose(question.question, statement, lead_in.text, believed)
        return Item(
            item_id=item_id_of(question.question_id, context, belief),
            question_id=question.question_id,
            task=question.task,
            context=context,
            belief=belief,
            messages=(Message("user", content),),
            question=question.question,
            framing_id=framing.framing_id if framing else "",
            framing=statement,
            belief_text=believed,
            correct_answers=question.correct_answers,
            incorrect_answers=question.incorrect_answers,
            category=question.category,
            source=question.source,
            source_revision=question.source_revision,
            license=question.license,
            canary=self._canary,
        )


def _by_context(framings: Sequence[Framing]) -> dict[Context, list[Framing]]:
    grouped: dict[Context, list[Framing]] = {}
    for framing in framings:
        grouped.setdefault(framing.context, []).append(framing)
    return grouped


def _by_belief(
    wordings: Sequence[BeliefWording],
) -> dict[tuple[Belief, AnswerForm], list[BeliefWording]]:
    grouped: dict[tuple[Belief, AnswerForm], list[BeliefWording]] = {}
    for wording in wordings:
        grouped.setdefault((wording.belief, wording.form), []).append(wording)
    return grouped
