"""Recorded answers as an engine: ``replay:FILE`` (CSV, JSONL, parquet, or a folder of them)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from warmbench.data.answer_row import AnswerRow
from warmbench.data.answered_items import item_id_of_answer
from warmbench.data.recorded_answers import read_answers
from warmbench.engines.engine import Engine, EngineOptions, Responses
from warmbench.errors import DataError, UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.records.reply import response_of
from warmbench.records.request import Request
from warmbench.records.response import Failure, FailureKind

__all__ = ["ReplayEngine"]


class ReplayEngine(Engine):
    """Answers each request with the recorded row of its item and epoch.

    A request without a row is a ``Failure``, never an empty answer. Raises ``DataError`` when
    two rows answer the same item and epoch.
    """

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        if spec.base_url or spec.adapter:
            raise UsageError(f"{spec}: replay takes only a file, without an adapter or address")
        self._spec = spec
        self._path = Path(spec.name).expanduser()
        rows = read_answers(self._path, options.column_names, options.task)
        self._rows = _by_item(rows)
        self._revision = revision or _content_revision(rows)

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "replay",
            "endpoint": None,
            "model": self._path.name,
            "revision": self._revision,
            "adapter": None,
        }

    def ask(self, requests: Sequence[Request]) -> Responses:
        for request in requests:
            row = self._rows.get((request.item_id, request.epoch))
            if row is None:
                message = f"{self._path} has no row for {request.item_id}, epoch {request.epoch}"
                yield [Failure(request.key, FailureKind.MISSING, message)]
            else:
                response = response_of(request.key, row.reply)
                if isinstance(response, Failure):
                    response = replace(response, message=f"{row.where}: {response.message}")
                yield [response]


def _by_item(rows: Sequence[AnswerRow]) -> dict[tuple[str, int], AnswerRow]:
    by_item: dict[tuple[str, int], AnswerRow] = {}
    for row in rows:
        key = (item_id_of_answer(row), row.epoch)
        if key in by_item:
            raise DataError(f"{row.where}: answers {key[0]} again; first in {by_item[key].where}")
        by_item[key] = row
    return by_item


def _content_revision(rows: Sequence[AnswerRow]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        further = [part for part in (row.finish_reason, row.reasoning) if part]
        for part in (item_id_of_answer(row), str(row.epoch), row.response, *further):
            digest.update(hashlib.sha256(part.encode("utf-8", "replace")).digest())
    return digest.hexdigest()[:16]
