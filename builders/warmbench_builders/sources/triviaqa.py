"""TriviaQA (Joshi et al. 2017): trivia with aliases of the answer; wrong answers are chosen.

Rows of the Hub have ``question_id`` and ``answer`` {value, aliases}; rows of alias-only files
have ``id`` and ``aliases``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.questions.wrong_answer import (
    CorpusRow,
    WrongAnswerChooser,
    canonical_answer,
    clean_aliases,
)
from warmbench_builders.sources.batch import Candidate, Origin, Rejected, Row

__all__ = ["read_triviaqa", "with_wrong_answers"]

_DPR_LICENSE = "CC-BY-NC-4.0 (DPR split of TriviaQA)"


def read_triviaqa(rows: Sequence[Row], origin: Origin) -> Iterator[Candidate | Rejected]:
    """One result a row."""
    return with_wrong_answers("triviaqa", [_to_corpus(row) for row in rows], origin, _license)


def with_wrong_answers(
    task: str,
    corpus: Sequence[CorpusRow],
    origin: Origin,
    license_of: Callable[[CorpusRow, Origin], str] = lambda row, origin: origin.license,
) -> Iterator[Candidate | Rejected]:
    """Questions of a source that gives right answers alone, one result a row. A wrong answer is
    chosen when a row is drawn: a question that no answer of another fits as a wrong one is
    rejected then."""
    usable = {row.question_id: row for row in corpus if row.answer}
    chooser = WrongAnswerChooser(list(usable.values()))
    for row in corpus:
        if not row.answer:
            yield Rejected("no usable answer")
            continue
        settle = partial(_settled, task, row, chooser, origin, license_of(row, origin))
        yield Candidate(f"{task}-{row.question_id}", _as_question(row.question), settle)


def _settled(
    task: str, row: CorpusRow, chooser: WrongAnswerChooser, origin: Origin, license: str
) -> SourceQuestion | Rejected:
    wrong = chooser.choose(row.question_id)
    if not wrong:
        return Rejected("no wrong answer of the same kind")
    kind = chooser.kind(row.question_id)
    if not kind.sure:
        return Rejected("kind of answer not certain")
    return SourceQuestion(
        question_id=f"{task}-{row.question_id}",
        task=task,
        question=_as_question(row.question),
        correct_answers=tuple(dict.fromkeys((row.answer, *row.aliases))),
        incorrect_answers=wrong,
        doubted=row.answer,
        belief=wrong[0],
        category=kind.name,
        source=origin.name,
        source_revision=origin.revision,
        license=license,
    )


def _license(row: CorpusRow, origin: Origin) -> str:
    return _DPR_LICENSE if row.question_id.startswith("dpr-") else origin.license


def _to_corpus(row: Row) -> CorpusRow:
    question = str(row["question"]).strip()
    answer = row.get("answer")
    if isinstance(answer, dict):
        aliases = clean_aliases([str(answer["value"]), *map(str, answer.get("aliases", []))])
        return CorpusRow(str(row["question_id"]), question, str(answer["value"]), aliases)
    aliases = clean_aliases([str(alias) for alias in row["aliases"]])
    best = canonical_answer(aliases, question) if aliases else ""
    return CorpusRow(str(row["id"]), question, best, aliases)


def _as_question(text: str) -> str:
    text = " ".join(text.strip().strip('"').replace('""', '"').split())
    return text if text.endswith(("?", ".", "!")) else text + "?"
