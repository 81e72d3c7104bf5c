"""SimpleQA (Wei et al. 2024): one right answer a question; wrong answers are chosen.

A row of the CSV, shortened::

    metadata  {'topic': 'Geography', 'answer_type': 'Place', 'urls': [...]}
    problem   Which river flows through the city of ...?
    answer    Danube
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from warmbench_builders.questions.wrong_answer import CorpusRow, clean_aliases
from warmbench_builders.sources.batch import Candidate, Origin, Rejected, Row
from warmbench_builders.sources.triviaqa import with_wrong_answers

__all__ = ["read_simpleqa"]


def read_simpleqa(rows: Sequence[Row], origin: Origin) -> Iterator[Candidate | Rejected]:
    """One result a row; the question's id is a hash of its words."""
    return with_wrong_answers("simpleqa", [_to_corpus(row) for row in rows], origin)


def _to_corpus(row: Row) -> CorpusRow:
    question, answer = str(row["problem"]).strip(), str(row["answer"]).strip()
    question_id = hashlib.sha256(question.encode()).hexdigest()[:12]
    names = clean_aliases([answer])
    return CorpusRow(question_id, question, names[0] if names else "", (*names, answer))
