"""The ledger of a run: one SQLite row a request, keyed by everything that can change an answer.

Rows are committed as responses come in, so a run that is killed at any moment and started again
asks nothing that was answered. Failures are rows too; they are asked again on resume.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.data.item import Message
from warmbench.engines.engine import Answer, Request, Response
from warmbench.errors import DataError, OutputError

__all__ = ["Ledger", "LedgerRow", "request_key"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    key TEXT PRIMARY KEY,
    arm TEXT NOT NULL,
    item_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    response TEXT,
    finish_reason TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    failure TEXT,
    message TEXT,
    attempts INTEGER NOT NULL
) WITHOUT ROWID
"""

_COLUMNS = (
    "key", "arm", "item_id", "epoch", "answered", "response", "finish_reason",
    "prompt_tokens", "completion_tokens", "failure", "message", "attempts",
)  # fmt: skip

_UPSERT = """
INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    answered = excluded.answered, response = excluded.response,
    finish_reason = excluded.finish_reason, prompt_tokens = excluded.prompt_tokens,
    completion_tokens = excluded.completion_tokens, failure = excluded.failure,
    message = excluded.message, attempts = requests.attempts + excluded.attempts
WHERE requests.answered = 0
"""


def request_key(
    identity: Mapping[str, str | None],
    *,
    arm: str,
    system: str | None,
    sampling: Mapping[str, float],
    messages: Sequence[Message],
    item_id: str,
    seed: int,
    epoch: int,
) -> str:
    """SHA-256 (hex) of everything that can change an answer. The arm is part of it: two arms
    never share an answer, even when they are the same model."""
    parts = {
        "identity": dict(identity),
        "arm": arm,
        "system": system,
        "sampling": dict(sampling),
        "messages": [[m.role, m.content] for m in messages],
        "item_id": item_id,
        "seed": seed,
        "epoch": epoch,
    }
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A request as the ledger knows it: answered with ``response``, or failed with ``failure``."""

    key: str
    arm: str
    item_id: str
    epoch: int
    answered: bool
    response: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    failure: str | None
    message: str | None
    attempts: int


class Ledger:
    """The requests of one run folder. A context manager; use it in one thread.

    Raises ``DataError`` when the file is not a ledger, ``OutputError`` when it can't be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise self._explained(error) from None

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def answered_keys(self) -> set[str]:
        """The keys of the requests that have an answer."""
        return {key for (key,) in self._db.execute("SELECT key FROM requests WHERE answered = 1")}

    def record(self, pairs: Iterable[tuple[Request, Response]]) -> None:
        """Write responses in one transaction. An answer is never overwritten."""
        rows = [_to_row(request, response) for request, response in pairs]
        try:
            self._db.execute("BEGIN")
            self._db.executemany(_UPSERT, rows)
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise self._explained(error) from None

    def rows(self) -> Iterator[LedgerRow]:
        """All rows, in the order of their keys."""
        for row in self._db.execute("SELECT * FROM requests ORDER BY key"):
            yield LedgerRow(**{**dict(zip(_COLUMNS, row, strict=True)), "answered": bool(row[4])})

    def _explained(self, error: sqlite3.DatabaseError) -> DataError | OutputError:
        reason = str(error)
        if "not a database" in reason or "malformed" in reason:
            return DataError(f"{self.path}: not a WarmBench ledger ({reason})")
        if "full" in reason:
            reason = "the disk is full"
        return OutputError(f"{self.path}: could not be written ({reason})")


def _to_row(request: Request, response: Response) -> tuple[Any, ...]:
    head = (request.key, request.arm, request.item_id, request.epoch)
    if isinstance(response, Answer):
        text = response.text.encode("utf-8", "replace").decode()
        body = (1, text, response.finish_reason, response.prompt_tokens)
        return (*head, *body, response.completion_tokens, None, None, response.attempts)
    return (
        *head, 0, None, None, None, None, response.kind.value, response.message, response.attempts,
    )  # fmt: skip
