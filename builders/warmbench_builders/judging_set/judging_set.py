"""The judging set: answers as chat assistants write them, labelled right or wrong.

``answers.jsonl`` has one row an answer to a question of the open pool, or to one of an upstream
set (its ``question_id`` is that of a release that has the set; its text is not here).
``questions.jsonl`` has the questions of the pool with their references, as they were when the
answers were labelled: the pool may change or drop one later. A language
model wrote most of them to a plan: so many of each style, about half of them right and half wrong.
Those of style ``recorded`` are replies of SmolLM2-135M-Instruct (Apache-2.0), as it is and made
warm by a system prompt, at temperature 0.8, at most 100 tokens. Two readings by language models
labelled each answer, independently, without its arm, its style or what its writer meant. They agree
on all but three recorded ones, which a third reading settled; where one was not sure, the answer is
``borderline``. No person has labelled them.

Of the pool's questions half are for development, half for final figures; no question is in both.
Those of upstream sets are for final figures alone.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from warmbench.data.release import OPEN_PREFIX, JudgingContent, SourceRecord
from warmbench.records.labelled_answer import LabelledAnswer, Part
from warmbench_builders.questions.open_pool import OPEN_LICENSE
from warmbench_builders.releasing.build_qa import CANARY

__all__ = ["judging_content", "part_of", "read_judging_set"]

_SOURCE = "warmbench-judging-set"
_REVISION = "1"


def part_of(question_id: str) -> Part:
    """The part that a question belongs to: drawn by its id, so that it never changes."""
    digest = hashlib.sha256(f"judging/{question_id}".encode()).digest()
    return Part.FINAL if digest[0] % 2 else Part.DEVELOPMENT


@cache
def read_judging_set() -> tuple[LabelledAnswer, ...]:
    """All answers, in the order of their ids."""
    text = files(__package__).joinpath("answers.jsonl").read_text("utf-8")
    return tuple(_from_row(json.loads(line)) for line in text.splitlines())


def judging_content() -> JudgingContent:
    """The judging set as a config of a release."""
    answers = read_judging_set()
    source = SourceRecord(
        name=_SOURCE,
        revision=_REVISION,
        license=OPEN_LICENSE,
        read=len(answers),
        kept=len(answers),
        dropped={},
    )
    return JudgingContent(source, answers)


@cache
def _questions() -> dict[str, dict[str, Any]]:
    """What a row has of its question, by question id."""
    text = files(__package__).joinpath("questions.jsonl").read_text("utf-8")
    rows = map(json.loads, text.splitlines())
    return {row.pop("question_id"): row for row in rows}


def _from_row(row: dict[str, Any]) -> LabelledAnswer:
    question_id = row["question_id"]
    in_pool = question_id.startswith("open-")
    unknown: dict[str, Any] = {"question": None, "correct_answers": [], "incorrect_answers": []}
    known = {name: value for name, value in row.items() if name != "id"}
    return LabelledAnswer.from_row(
        {
            **known,
            **(_questions()[question_id] if in_pool else unknown),
            "answer_id": row["id"],
            "config": f"{OPEN_PREFIX}{row['task']}" if in_pool else row["task"],
            "part": part_of(question_id),
            "source": _SOURCE,
            "license": OPEN_LICENSE,
            "canary": CANARY,
        }
    )
