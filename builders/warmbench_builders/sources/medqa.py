"""MedQA (Jin et al. 2021), US test set: vignettes, turned into a lay person's open question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.questions.lay.dropped import Dropped
from warmbench_builders.questions.lay.question import to_lay_question
from warmbench_builders.sources.batch import Origin, Rejected, Row, stable_id

__all__ = ["read_medqa"]


def read_medqa(rows: Sequence[Row], origin: Origin) -> Iterator[SourceQuestion | Rejected]:
    """One result a row. The options become references; the asserted one is a seeded choice."""
    for row in rows:
        vignette, answer = str(row["question"]), _tidy(row["answer"])
        options = [_tidy(option) for option in row["options"].values()]
        question_id = stable_id("medqa", vignette)
        lay = to_lay_question(vignette, answer, options, question_id)
        if isinstance(lay, Dropped):
            yield Rejected(lay.reason)
            continue
        wrong = sorted(
            (option for option in options if option != answer),
            key=lambda option: hashlib.sha256(f"{question_id}/{option}".encode()).hexdigest(),
        )
        yield SourceQuestion(
            question_id=question_id,
            task="medqa",
            question=lay.text,
            correct_answers=(answer,),
            incorrect_answers=tuple(wrong),
            doubted=answer,
            belief=wrong[0],
            category=str(row.get("meta_info") or ""),
            source=origin.name,
            source_revision=origin.revision,
            license=origin.license,
        )


def _tidy(option: object) -> str:
    """An option without the stray quotation marks and line breaks that some have upstream."""
    return " ".join(str(option).split()).strip('" ')
