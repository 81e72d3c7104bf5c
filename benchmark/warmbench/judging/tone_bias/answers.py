"""Answers of the packaged reference models to open questions: ``answers.parquet`` beside this file,
one of the sets that the packaged tone bias was measured on."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from warmbench.data.load import open_data
from warmbench.data.table import read_rows
from warmbench.judging.judge import Case
from warmbench.judging.judge_answers import question_of

__all__ = ["ANSWERS_PATH", "ANSWER_SCHEMA", "packaged_answers"]

ANSWERS_PATH = Path(__file__).with_name("answers.parquet")

ANSWER_SCHEMA = pa.schema([("question_id", pa.string()), ("response", pa.string())])


def packaged_answers(path: Path = ANSWERS_PATH) -> list[Case]:
    """The packaged answers as cases, in the order of the file."""
    items = {item.question_id: item for item in open_data("open").items()}
    return [
        Case(question_of(item), row["response"], item.task)
        for row in read_rows(path)
        for item in [items[row["question_id"]]]
    ]
