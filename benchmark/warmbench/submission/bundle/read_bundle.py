"""Opens an untrusted bundle, a folder or one .zip: whole, or refused with a code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from warmbench.data.fingerprint import combined_fingerprint, rows_fingerprint
from warmbench.errors import first_problem
from warmbench.records.tables import FAILURE_SCHEMA, RESPONSE_SCHEMA, VERDICT_SCHEMA
from warmbench.submission.bundle.json_lines import MemoryBudget, Rows, read_json_lines
from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.members import (
    CLOSING_RESPONSES,
    FAILURES,
    JUDGING,
    PROMPT_RESPONSES,
    RESPONSES,
    SCORECARD,
    SUBMISSION,
    VERDICTS,
)
from warmbench.submission.bundle.read_files import read_files
from warmbench.submission.bundle.rejection import RefusedBundle, RejectionCode
from warmbench.submission.bundle.strict_json import read_strict_json
from warmbench.submission.bundle.submission import Submission
from warmbench.text_safety import name_problem, text_problem

__all__ = ["Bundle", "bundle_fingerprint", "read_bundle"]

_LONG_TEXTS = ("notes", "system", "recipe")
"""The fields of ``submission.json`` that may have several lines, and marks like < in them."""

_HASHED_NAMES = ("responses.parquet", "replies.parquet", "verdicts.parquet")
"""What the tables are called in the fingerprint: it names a bundle's folder, so it stays the same
whatever the files are called."""

_FAILURES = "failures.parquet"
_CLOSING_RESPONSES = "closing_responses.parquet"

_LATER_COLUMNS = frozenset({"reasoning", "reasoning_words", "reasoning_tokens"})
"""Columns that older bundles lack. The fingerprint leaves them out where they hold no value, so
that those bundles keep theirs."""


@dataclass(frozen=True)
class Bundle:
    """A bundle as it says of itself; nothing in it is verified yet.

    ``responses`` and ``prompt_responses`` are rows of ``RESPONSE_SCHEMA`` (the latter empty where
    no prompts were asked), ``verdicts`` of ``VERDICT_SCHEMA``, ``failures`` of ``FAILURE_SCHEMA``
    (empty where every request was answered), ``closing_responses`` of ``RESPONSE_SCHEMA`` (empty
    where no reply was stated in a few words). ``contents``: file name -> bytes, as they were read;
    what is sent on is these, so that it can't be changed in between.
    """

    submission: Submission
    responses: Rows
    prompt_responses: Rows
    verdicts: Rows
    failures: Rows
    scorecard: Mapping[str, Any]
    judging: Mapping[str, Any] | None
    contents: Mapping[str, bytes]
    closing_responses: Rows

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of all its rows: neither their order nor who submits them matters."""
        return bundle_fingerprint(
            self.responses,
            self.prompt_responses,
            self.verdicts,
            self.failures,
            self.closing_responses,
        )

    @property
    def folder_name(self) -> str:
        """What its folder is called among the submissions: ``my-model-fine-tune-1f3a09bc``."""
        return f"{self.submission.slug}-{self.fingerprint[:8]}"

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(map(len, self.contents.values()))


def bundle_fingerprint(
    responses: Rows,
    prompt_responses: Rows,
    verdicts: Rows,
    failures: Rows | None = None,
    closing_responses: Rows | None = None,
) -> str:
    """SHA-256 (hex) of the rows of a bundle, whatever files they lie in."""
    tables = dict(zip(_HASHED_NAMES, (responses, prompt_responses, verdicts), strict=True))
    if failures:
        tables[_FAILURES] = failures
    if closing_responses:
        tables[_CLOSING_RESPONSES] = closing_responses
    return combined_fingerprint(
        {name: rows_fingerprint(map(_hashed, rows)) for name, rows in tables.items()}
    )


def _hashed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {n: value for n, value in row.items() if value is not None or n not in _LATER_COLUMNS}


def read_bundle(path: Path, limits: Limits = LIMITS) -> Bundle:
    """The bundle at ``path``; raises ``RefusedBundle`` (a ``DataError``) with a code."""
    contents = read_files(path, limits)
    submission = _submission(contents[SUBMISSION], limits)
    scorecard = read_strict_json(contents[SCORECARD], SCORECARD, limits)
    judging = contents.get(JUDGING)
    budget = MemoryBudget.of(limits)

    def rows(name: str, schema: pa.Schema) -> Rows:
        content = contents.get(name)
        return [] if content is None else read_json_lines(content, name, schema, limits, budget)

    return Bundle(
        submission=submission,
        responses=rows(RESPONSES, RESPONSE_SCHEMA),
        prompt_responses=rows(PROMPT_RESPONSES, RESPONSE_SCHEMA),
        verdicts=rows(VERDICTS, VERDICT_SCHEMA),
        failures=rows(FAILURES, FAILURE_SCHEMA),
        scorecard=scorecard,
        judging=read_strict_json(judging, JUDGING, limits) if judging is not None else None,
        contents=contents,
        closing_responses=rows(CLOSING_RESPONSES, RESPONSE_SCHEMA),
    )


def _submission(content: bytes, limits: Limits) -> Submission:
    found = read_strict_json(content, SUBMISSION, limits)
    for field, text in _texts(found):
        is_long = any(part in _LONG_TEXTS for part in field.split("."))
        problem = text_problem(text) if is_long else name_problem(text)
        if problem:
            where = f"{SUBMISSION}, {field}"
            raise RefusedBundle(RejectionCode.UNSAFE_TEXT, where, problem)
    try:
        return Submission.model_validate(found)
    except (ValidationError, OverflowError) as error:
        problem = first_problem(error) if isinstance(error, ValidationError) else str(error)
        raise RefusedBundle(RejectionCode.BAD_SUBMISSION, SUBMISSION, problem[:400]) from None


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, keys too, with the dotted name of where it stands."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _texts(one, f"{field}.{number}")
    elif isinstance(value, dict):
        for key, one in value.items():
            place = f"{field}.{key}".removeprefix(".")[:200]
            yield place, key
            yield from _texts(one, place)
