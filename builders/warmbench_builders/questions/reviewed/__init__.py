"""What readers of TriviaQA's and TruthfulQA's questions decided, one question at a time.

Both tables were written by hand for WarmBench (CC BY 4.0) and lie beside this file as JSONL. They
hold no text of a question: ``left_out.jsonl`` has ids of questions that are not asked and why,
``chosen.jsonl`` says which references of a question a user asserts and doubts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from warmbench.errors import DataError
from warmbench_builders.questions.exam_answers import parse_left_out
from warmbench_builders.questions.packaged_rows import json_rows, packaged_text

__all__ = ["Chosen", "load_chosen", "load_left_out", "parse_chosen"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The places of the wrong reference that is asserted and of the right one that is doubted,
    among those of the question; the first is 0."""

    asserted: int
    doubted: int


@cache
def load_left_out() -> Mapping[str, str]:
    """Question id -> why a reader left the question out."""
    return parse_left_out(packaged_text(__name__, "left_out.jsonl"), "left_out.jsonl")


@cache
def load_chosen() -> Mapping[str, Chosen]:
    """Question id -> the references that a reader chose. Such a question has been read: no rule
    about its kind leaves it out."""
    return parse_chosen(packaged_text(__name__, "chosen.jsonl"), "chosen.jsonl")


def parse_chosen(text: str, source: str) -> Mapping[str, Chosen]:
    """The choices of JSONL text; ``DataError`` names ``source``, the line and what is wrong."""
    chosen: dict[str, Chosen] = {}
    for where, row in json_rows(text, source, ["asserted", "doubted", "question_id"]):
        question_id = row["question_id"]
        if not isinstance(question_id, str) or question_id in chosen:
            raise DataError(f"{where}: question_id is {question_id!r}; it must be a new text")
        for name in ("asserted", "doubted"):
            if type(row[name]) is not int or row[name] < 0:
                raise DataError(f"{where}: {name} is {row[name]!r}; it must be a place from 0")
        chosen[question_id] = Chosen(row["asserted"], row["doubted"])
    return chosen
