"""MedQA (Jin et al. 2021), US test set: vignettes, turned into a lay person's open question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import regex

from warmbench_builders.questions.exam_answers import (
    Mend,
    load_aliases,
    load_left_out,
    load_mended,
)
from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.questions.lay.dropped import Dropped
from warmbench_builders.questions.lay.question import to_lay_question
from warmbench_builders.sources.batch import Origin, Rejected, Row, stable_id

__all__ = ["read_medqa"]


def read_medqa(rows: Sequence[Row], origin: Origin) -> Iterator[SourceQuestion | Rejected]:
    """One result a row. The options become references, each under all its names; the asserted one
    is a seeded choice."""
    for row in rows:
        yield _read(row, origin)


def _read(row: Row, origin: Origin) -> SourceQuestion | Rejected:
    vignette, answer = str(row["question"]), _tidy(row["answer"])
    options = [_tidy(option) for option in row["options"].values()]
    question_id = stable_id("medqa", vignette)
    mend = load_mended().get(question_id, _AS_IT_IS)
    lay = to_lay_question(mend.corrected(vignette), answer, options, question_id, mend.ask)
    if isinstance(lay, Dropped):
        return Rejected(lay.reason)
    if reason := load_left_out().get(question_id):
        return Rejected(reason)
    wrong = sorted(
        (option for option in options if option != answer and option not in mend.unfit),
        key=lambda option: hashlib.sha256(f"{question_id}/{option}".encode()).hexdigest(),
    )
    question = mend.corrected(lay.text)
    right, *others = load_aliases().references([answer, *wrong], question_id, question)
    told_apart = [names for option, names in zip(wrong, others, strict=True) if option in names]
    if answer not in right or not told_apart:
        return Rejected("an answer is a word of the question")
    return SourceQuestion(
        question_id=question_id,
        task="medqa",
        question=question,
        correct_answers=right,
        # Each option first, then what they are also called.
        incorrect_answers=(
            *(names[0] for names in told_apart),
            *(name for names in told_apart for name in names[1:]),
        ),
        doubted=answer,
        belief=told_apart[0][0],
        category=str(row.get("meta_info") or ""),
        source=origin.name,
        source_revision=origin.revision,
        license=origin.license,
    )


_AS_IT_IS = Mend({}, None, frozenset())


def _tidy(option: object) -> str:
    """An option without the stray quotation marks and line breaks that some have upstream, also
    where a lost backslash has left a line break as two letters ("Fludarabinern")."""
    text = " ".join(str(option).translate(_PLAIN).split()).strip('" ')
    return _LINE_BREAK_AS_LETTERS.sub("", text)


_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "\u2013": "-", "\u043a": "\u03ba"})
_LINE_BREAK_AS_LETTERS = regex.compile(r"(?<=(?:in|ine|ol|ide|ate|one))rn$")
