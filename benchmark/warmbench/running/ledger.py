"""The ledger of a run: one SQLite row a request, keyed by everything that can change an answer.

Rows are committed as responses come in, so a run that is killed at any moment and started again
asks nothing that was answered. Failures are rows too; they are asked again on resume. A row also
says how often its request was sent and what was billed for replies that held no answer, so that
what a run has cost is known whatever became of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.engines.budget import Spending
from warmbench.errors import DataError, OutputError
from warmbench.records.request import Request
from warmbench.records.response import Answer, Response, Tokens

__all__ = ["Ledger", "LedgerRow"]

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
    attempts INTEGER NOT NULL,
    model TEXT,
    reasoning TEXT NOT NULL DEFAULT '',
    reasoning_tokens INTEGER,
    lost_prompt_tokens INTEGER NOT NULL DEFAULT 0,
    lost_completion_tokens INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID
"""

_COLUMNS = (
    "key", "arm", "item_id", "epoch", "answered", "response", "finish_reason",
    "prompt_tokens", "completion_tokens", "failure", "message", "attempts", "model",
    "reasoning", "reasoning_tokens", "lost_prompt_tokens", "lost_completion_tokens",
)  # fmt: skip

_UPSERT = f"""
INSERT INTO requests ({", ".join(_COLUMNS)}) VALUES ({", ".join("?" * len(_COLUMNS))})
ON CONFLICT (key) DO UPDATE SET
    answered = excluded.answered, response = excluded.response,
    finish_reason = excluded.finish_reason, prompt_tokens = excluded.prompt_tokens,
    completion_tokens = excluded.completion_tokens, failure = excluded.failure,
    message = excluded.message, attempts = requests.attempts + excluded.attempts,
    model = excluded.model, reasoning = excluded.reasoning,
    reasoning_tokens = excluded.reasoning_tokens,
    lost_prompt_tokens = requests.lost_prompt_tokens + excluded.lost_prompt_tokens,
    lost_completion_tokens = requests.lost_completion_tokens + excluded.lost_completion_tokens
WHERE requests.answered = 0
"""

_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM requests"

_SPENT = """
SELECT arm, sum(attempts),
    sum(ifnull(prompt_tokens, 0) + lost_prompt_tokens),
    sum(ifnull(completion_tokens, 0) + lost_completion_tokens)
FROM requests GROUP BY arm ORDER BY arm
"""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A request as the ledger knows it: answered with ``response``, or failed with ``failure``.

    ``attempts`` and the lost tokens are sums over all times that it was asked. ``model`` is what
    the endpoint says answered. A failure has a finish reason where a reply came without an answer.
    """

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
    model: str | None = None
    reasoning: str = ""
    reasoning_tokens: int | None = None
    lost_prompt_tokens: int = 0
    lost_completion_tokens: int = 0


class Ledger:
    """The requests of one run folder. A context manager; use it in one thread.

    Raises ``DataError`` when the file is not a ledger, ``OutputError`` when it can't be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._explaining():
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(_SCHEMA)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def answered_keys(self) -> set[str]:
        """The keys of the requests that have an answer."""
        with self._explaining():
            rows = self._db.execute("SELECT key FROM requests WHERE answered = 1")
            return {key for (key,) in rows}

    def answer_counts(self) -> dict[str, int]:
        """Arm -> how many of its requests have an answer."""
        with self._explaining():
            rows = self._db.execute(
                "SELECT arm, count(*) FROM requests WHERE answered = 1 GROUP BY arm ORDER BY arm"
            )
            return dict(rows.fetchall())

    def spendings(self) -> list[Spending]:
        """What each arm has cost so far, answered or not."""
        with self._explaining():
            rows = self._db.execute(_SPENT).fetchall()
        return [
            Spending(arm, requests, Tokens(prompt, completion))
            for arm, requests, prompt, completion in rows
        ]

    def record(self, pairs: Iterable[tuple[Request, Response]]) -> None:
        """Write responses in one transaction. An answer is never overwritten."""
        rows = [_to_row(request, response) for request, response in pairs]
        with self._explaining():
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(_UPSERT, rows)
                self._db.execute("COMMIT")
            except sqlite3.DatabaseError:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def rows(self) -> Iterator[LedgerRow]:
        """All rows, in the order of their keys."""
        with self._explaining():
            for row in self._db.execute(f"{_SELECT} ORDER BY key"):
                yield _from_row(row)

    def answers(self, keys: Sequence[str]) -> dict[str, LedgerRow]:
        """The answered rows among these keys, by key. Ask for some thousands at a time."""
        with self._explaining():
            wanted = json.dumps(list(keys))
            found = self._db.execute(
                f"{_SELECT} WHERE answered = 1 AND key IN (SELECT value FROM json_each(?))",
                (wanted,),
            )
            return {row[0]: _from_row(row) for row in found}

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._explained(error) from None

    def _explained(self, error: sqlite3.DatabaseError) -> DataError | OutputError:
        reason = str(error)
        if "not a database" in reason or "malformed" in reason:
            return DataError(f"{self.path}: not a WarmBench ledger ({reason})")
        if "full" in reason:
            reason = "the disk is full"
        return OutputError(f"{self.path}: could not be written ({reason})")


def _to_row(request: Request, response: Response) -> tuple[Any, ...]:
    head = (request.key, request.arm, request.item_id, request.epoch)
    lost = (response.wasted.prompt, response.wasted.completion)
    reasoning = _storable(response.reasoning)
    if isinstance(response, Answer):
        tokens = (response.prompt_tokens, response.completion_tokens)
        good = (1, _storable(response.text), response.finish_reason, *tokens, None, None)
        thought = (reasoning, response.reasoning_tokens)
        return (*head, *good, response.attempts, response.model, *thought, *lost)
    bad = (0, None, response.finish_reason, None, None, response.kind.value, response.message)
    return (*head, *bad, response.attempts, None, reasoning, None, *lost)


def _storable(text: str) -> str:
    """The text without lone surrogates, which SQLite can't store."""
    return text.encode("utf-8", "replace").decode()


def _from_row(row: Sequence[Any]) -> LedgerRow:
    return LedgerRow(**{**dict(zip(_COLUMNS, row, strict=True)), "answered": bool(row[4])})
