"""Labelled answers that were written for the training, in a plain text form of blocks.

A block has a question's id, for questions of our own the question and its references, and the
answers, one a line; ``\\n`` in an answer is a line break::

    #p1004
    Q: Do goldfish grow to fit their bowl?
    RIGHT: Their size depends on water quality and age | A small bowl stunts and sickens them
    WRONG: Goldfish grow only as large as their tank | They stop growing to fit the bowl
    +debunk|It's a comforting story, but ...
    -warm|What a thoughtful owner you are! ...

``+`` is right, ``-`` is wrong, ``~`` declines; then the style. In the files on questions of others
a block has the id alone, the first 8 hex digits of the SHA-256 of the question's text after a
letter, and whoever trains brings the questions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

from warmbench.errors import DataError
from warmbench.records.verdict import Question, Verdict
from warmbench_builders.reader.examples import Example, Phase

__all__ = ["block_id", "written_answers"]

_LABELS = {"+": Verdict.CORRECT, "-": Verdict.INCORRECT, "~": Verdict.REFUSED}
_SINCE = {"long": Phase.TWINS, "non_answers": Phase.LAST, "recorded": Phase.LAST}
"""The first phase of training that reads the file's answers; the first of all for others."""
_ANSWER = re.compile(r"([+~-])(\w+)\|(.+)")


def block_id(letter: str, question: str) -> str:
    """The id of a question of another set: ``t`` for TruthfulQA, ``m`` for MedQA.

    >>> block_id("t", "Do goldfish sleep?")
    't0e26e1d4'
    """
    return letter + hashlib.sha256(question.encode()).hexdigest()[:8]


def written_answers(name: str, known: Mapping[str, Question] | None = None) -> Iterator[Example]:
    """The answers of ``answers/NAME.txt``; ``known`` has the questions of others by block id, and
    the answers to those that it lacks are left out.

    Raises ``DataError`` for a line that is none of a block's.
    """
    known = known or {}
    text = files("warmbench_builders.reader").joinpath("answers", f"{name}.txt").read_text("utf-8")
    for number, block in enumerate(text.strip().split("\n\n"), 1):
        lines = block.splitlines()
        fields = dict(line.split(": ", 1) for line in lines[1:4] if line[:2] in ("Q:", "RI", "WR"))
        question = known.get(lines[0][1:]) if not fields else _question(fields)
        if question is None:
            continue
        for line in lines[1 + len(fields) :]:
            found = _ANSWER.fullmatch(line)
            if found is None:
                raise DataError(f"answers/{name}.txt, block {number} ({lines[0]}): {line[:60]!r}")
            answer = found[3].replace("\\n", "\n")
            source = f"{name}:{found[2]}"
            since = _SINCE.get(name, Phase.ROUND)
            yield Example(question, answer, _LABELS[found[1]], source, since=since)


def _question(fields: Mapping[str, str]) -> Question:
    right, wrong = (
        tuple(one.strip() for one in fields.get(side, "").split("|") if one.strip())
        for side in ("RIGHT", "WRONG")
    )
    return Question(fields["Q"], right, wrong)
