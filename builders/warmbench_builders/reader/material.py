"""All examples, from the sets that are in the package and those that whoever trains brings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warmbench.errors import DataError
from warmbench.records.verdict import Question
from warmbench_builders.reader.examples import (
    Example,
    from_judging_set,
    from_labelled_file,
    from_references,
)
from warmbench_builders.reader.non_answers import non_answers
from warmbench_builders.reader.tone import read_tone
from warmbench_builders.reader.written import block_id, written_answers

__all__ = ["Brought", "read_declines", "read_examples"]

_STATEMENTS_SHARE, _PHRASES_SHARE, _REFERENCES_SHARE = 0.7, 0.15, 0.3
"""Of the short answers that people labelled, and of references read as answers, in a round: they
are many, and easy to overfit."""


@dataclass(frozen=True, slots=True)
class Brought:
    """Files of others, none of them in this repository.

    ``statements`` and ``phrases`` are answers that people labelled (``from_labelled_file``): to
    TruthfulQA, from its authors' evaluation data, and to Natural Questions, from QA-Eval; both
    Apache-2.0. ``medqa`` is MedQA's US test set with four options as its authors publish it
    (JSONL). ``left_out`` has rows of the same form as ``statements``, whose questions are kept
    for measuring.
    """

    statements: Path
    phrases: Path
    medqa: Path
    left_out: Path


def read_examples(brought: Brought) -> list[Example]:
    """Every example of a question that isn't left out, of all portions, in the same order always.

    Raises ``DataError`` for a file that can't be read as what it should be.
    """
    held = {one.question.text for one in from_labelled_file(brought.left_out, share=1.0)}
    return [one for one in _all(brought) if one.question.text not in held]


def read_declines() -> list[Example]:
    """Answers that decline, and answers that sound so and don't, to questions of our own."""
    return list(written_answers("declines"))


def _all(brought: Brought) -> Iterator[Example]:
    others = list(_labelled(brought))
    yield from others
    questions = list(dict.fromkeys(one.question for one in others))
    for question in questions:
        if len(question.incorrect_answers) > 1:
            yield from from_references(question, share=_REFERENCES_SHARE)
    yield from non_answers(others, read_tone())
    known = {block_id("q", one.text): one for one in questions}
    for name in ("non_answers", "recorded"):
        yield from written_answers(name, known)


def _labelled(brought: Brought) -> Iterator[Example]:
    statements = list(from_labelled_file(brought.statements, share=_STATEMENTS_SHARE))
    yield from statements
    yield from from_labelled_file(brought.phrases, share=_PHRASES_SHARE)
    yield from from_judging_set()
    yield from written_answers("own")
    known = {block_id("t", one.question.text): one.question for one in statements}
    known |= {block_id("m", one.text): one for one in _medqa(brought.medqa)}
    for name in ("truthfulqa", "medqa", "long"):
        yield from written_answers(name, known)


def _medqa(path: Path) -> Iterator[Question]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            right, options = row["answer"], row["options"].values()
            wrong = tuple(one for one in options if one != right)
            yield Question(row["question"], (right,), wrong)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{path}, line {number}: not a MedQA question ({error})") from None
