"""What an exam's answers are also called, which of its questions are left out, which are mended.

The tables were written by hand for WarmBench (CC BY 4.0) and lie beside this file as JSONL:
``aliases.jsonl`` names answers and options of MedQA's US test set, ``left_out.jsonl`` names
questions by their id, and ``mended.jsonl`` holds no more of a question than the words that it
corrects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from warmbench.errors import DataError
from warmbench_builders.questions.packaged_rows import json_rows, packaged_text

__all__ = [
    "Aliases",
    "Mend",
    "load_aliases",
    "load_left_out",
    "load_mended",
    "parse_aliases",
    "parse_left_out",
    "parse_mended",
]

_WORD = regex.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Aliases:
    """Other names of answers: for any question, and for one question alone.

    A row::

        {"answer": "Nadalol", "aliases": ["nadolol", "Corgard"]}

    An answer that means something only beside its question has a row for that question::

        {"answer": "Medication abuse", "question_id": "medqa-...", "aliases": ["laxative abuse"]}
    """

    anywhere: Mapping[str, tuple[str, ...]]
    in_question: Mapping[tuple[str, str], tuple[str, ...]]

    def of(self, answer: str, question_id: str) -> tuple[str, ...]:
        """The other names of an answer in a question; none where the table does not have it."""
        own = self.in_question.get((question_id, answer.lower()))
        return self.anywhere.get(answer.lower(), ()) if own is None else own

    def references(
        self, options: Sequence[str], question_id: str, question: str
    ) -> list[tuple[str, ...]]:
        """For each option all its names, itself first.

        Left out are names that two options share, and words of the question: naming what the
        question names settles nothing. An option that is itself among its words has no name left.
        """
        names = [(option, *self.of(option, question_id)) for option in options]
        shared = Counter(folded for wordings in names for folded in {*map(_folded, wordings)})
        asked = f" {_folded(question)} "
        return [
            tuple(
                wording
                for place, wording in enumerate(wordings)
                if shared[folded := _folded(wording)] == 1
                and f" {folded} " not in asked
                and folded not in map(_folded, wordings[:place])
            )
            for wordings in names
        ]


@dataclass(frozen=True)
class Mend:
    """How a reader mended one question. A row, of which any part but the id may be missing::

        {"question_id": "medqa-...", "replace": {"fremetus": "fremitus"},
         "ask": "Which pigment does {his} germ make?", "unfit": ["Primidone"]}

    ``replace``: words put right, in the vignette and in what it becomes. ``ask``: what is asked
    in place of the exam question, with the patient's pronouns in braces. ``unfit``: options
    that are no wrong answers here, since an open answer may well name them or they are of
    another kind than what is asked.
    """

    replace: Mapping[str, str]
    ask: str | None
    unfit: frozenset[str]

    def corrected(self, text: str) -> str:
        """The text with its words put right."""
        for old, new in self.replace.items():
            text = text.replace(old, new)
        return text


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


@cache
def load_aliases() -> Aliases:
    """The packaged table of aliases."""
    return parse_aliases(packaged_text(__name__, "aliases.jsonl"), "aliases.jsonl")


@cache
def load_left_out() -> Mapping[str, str]:
    """Question id -> why a reader of the question left it out."""
    return parse_left_out(packaged_text(__name__, "left_out.jsonl"), "left_out.jsonl")


@cache
def load_mended() -> Mapping[str, Mend]:
    """Question id -> how a reader mended it."""
    return parse_mended(packaged_text(__name__, "mended.jsonl"), "mended.jsonl")


def parse_aliases(text: str, source: str) -> Aliases:
    """The table of JSONL text; ``DataError`` names ``source``, the line and what is wrong."""
    anywhere: dict[str, tuple[str, ...]] = {}
    in_question: dict[tuple[str, str], tuple[str, ...]] = {}
    for where, row in json_rows(text, source, ["aliases", "answer"], ["question_id"]):
        answer, aliases = _text(row, "answer", where).lower(), row["aliases"]
        if not isinstance(aliases, list) or not all(
            isinstance(alias, str) and alias.strip() for alias in aliases
        ):
            raise DataError(f"{where}: aliases is {aliases!r}; it must be a list of texts")
        question_id = _text(row, "question_id", where) if "question_id" in row else None
        if answer in anywhere if question_id is None else (question_id, answer) in in_question:
            raise DataError(f"{where}: {answer!r} has aliases already; it may have one row")
        if question_id is None:
            anywhere[answer] = tuple(aliases)
        else:
            in_question[question_id, answer] = tuple(aliases)
    return Aliases(anywhere, in_question)


def parse_left_out(text: str, source: str) -> Mapping[str, str]:
    """Question id -> reason, of JSONL text; errors as in ``parse_aliases``."""
    reasons: dict[str, str] = {}
    for where, row in json_rows(text, source, ["question_id", "reason"]):
        question_id = _text(row, "question_id", where)
        if question_id in reasons:
            raise DataError(f"{where}: {question_id!r} is left out already; it may have one row")
        reasons[question_id] = _text(row, "reason", where)
    return reasons


def parse_mended(text: str, source: str) -> Mapping[str, Mend]:
    """Question id -> how it is mended, of JSONL text; errors as in ``parse_aliases``."""
    mended: dict[str, Mend] = {}
    for where, row in json_rows(text, source, ["question_id"], ["replace", "ask", "unfit"]):
        question_id = _text(row, "question_id", where)
        if question_id in mended:
            raise DataError(f"{where}: {question_id!r} is mended already; it may have one row")
        replace, unfit = row.get("replace", {}), row.get("unfit", [])
        if not isinstance(replace, dict) or not all(
            old and isinstance(new, str) for old, new in replace.items()
        ):
            raise DataError(f"{where}: replace is {replace!r}; it must map texts to texts")
        if not isinstance(unfit, list) or not all(isinstance(it, str) for it in unfit):
            raise DataError(f"{where}: unfit is {unfit!r}; it must be a list of texts")
        ask = _text(row, "ask", where) if "ask" in row else None
        mended[question_id] = Mend(replace, ask, frozenset(unfit))
    return mended


def _text(row: Mapping[str, object], name: str, where: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: {name} is {value!r}; it must be text")
    return value
