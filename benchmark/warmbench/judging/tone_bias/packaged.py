"""The packaged tone bias of the reference judge, and the answers that it was measured on.

reference.json    the tone bias, over all answers and over each set of them
answers.parquet   answers of the packaged reference models to open questions: one of the sets

``python -m warmbench.judging.tone_bias`` measures it again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.data.table import read_rows
from warmbench.errors import DataError, first_problem
from warmbench.judging.judge import Case
from warmbench.judging.judge_answers import question_of
from warmbench.judging.tone_bias.wrap import WRAPS
from warmbench.records.tone_bias import ToneBias

__all__ = [
    "ANSWERS_PATH",
    "ANSWER_SCHEMA",
    "TONE_BIAS_PATH",
    "PackagedToneBias",
    "packaged_answers",
    "packaged_tone_bias",
    "read_packaged",
    "wraps_sha256",
]

ANSWERS_PATH = Path(__file__).with_name("answers.parquet")
TONE_BIAS_PATH = Path(__file__).with_name("reference.json")

ANSWER_SCHEMA = pa.schema([("question_id", pa.string()), ("response", pa.string())])


class PackagedToneBias(BaseModel):
    """``reference.json``: ``overall`` pools the answers of all ``sets``; ``wraps_sha256`` pins the
    sentences that they were measured with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wraps_sha256: str
    overall: ToneBias
    sets: dict[str, ToneBias]


def packaged_tone_bias(judge: str) -> ToneBias | None:
    """The packaged tone bias over all answers, where it was measured for this very judge."""
    bias = read_packaged().overall
    return bias if bias.judge == judge else None


@cache
def read_packaged(path: Path = TONE_BIAS_PATH) -> PackagedToneBias:
    """Raises ``DataError`` for a file that can't be read as such."""
    try:
        return PackagedToneBias.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})") from None
    except ValidationError as error:
        raise DataError(f"{path}: not a tone bias ({first_problem(error)})") from None


def packaged_answers(path: Path = ANSWERS_PATH) -> list[Case]:
    """The packaged answers as cases, in the order of the file."""
    from warmbench.data.load import open_data

    items = {item.question_id: item for item in open_data("open").items()}
    return [
        Case(question_of(item), row["response"], item.task)
        for row in read_rows(path)
        for item in [items[row["question_id"]]]
    ]


def wraps_sha256() -> str:
    """SHA-256 (hex) of the sentences: a bias measured with others is not comparable."""
    return hashlib.sha256(repr(WRAPS).encode()).hexdigest()
