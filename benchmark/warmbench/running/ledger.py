"""The ledger of a run: one SQLite row a request, keyed by everything that can change an answer.

Rows are committed as responses come in, so a run that is killed at any moment and started again
asks nothing that was answered. Failures are rows too; they are asked again on resume. A row also
says how often its request was sent and what was billed for replies that held no answer, so that
what a run has cost is known whatever became of it.

Beside the rows stands when each session of a run began and last heard something, for those who look
on (``warmbench.running.status``). No answer, number or release depends on it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warmbench.engines.budget import Price
from warmbench.errors import OutputError, WarmbenchError
from warmbench.records.request import Request
from warmbench.records.response import Answer, Response
from warmbench.running.ledger_reader import COLUMNS, LedgerReader, LedgerRow
from warmbench.text_file import whole_text

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
    lost_completion_tokens INTEGER NOT NULL DEFAULT 0,
    closes TEXT
) WITHOUT ROWID
"""

_SESSIONS = """
CREATE TABLE IF NOT EXISTS sessions (
    session INTEGER PRIMARY KEY,
    started REAL NOT NULL,
    ended REAL
)
"""

_SESSION_ARMS = """
CREATE TABLE IF NOT EXISTS session_arms (
    session INTEGER NOT NULL,
    arm TEXT NOT NULL,
    prompt_price REAL,
    completion_price REAL,
    started REAL,
    last_reply REAL,
    answered INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session, arm)
) WITHOUT ROWID
"""

_HEARD = """
UPDATE session_arms SET last_reply = ?, answered = answered + ?, failed = failed + 1 - ?
WHERE session = ? AND arm = ?
"""

_UPSERT = f"""
INSERT INTO requests ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
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


class Ledger(LedgerReader):
    """The requests of one run folder. A context manager; use it in one thread.

    ``clock`` gives seconds since 1970. Raises ``DataError`` when the file is not a ledger,
    ``OutputError`` when it can't be written.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._session: int | None = None
        with self._explaining():
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            for table in (_SCHEMA, _SESSIONS, _SESSION_ARMS):
                self._db.execute(table)

    def record(self, pairs: Iterable[tuple[Request, Response]]) -> None:
        """Write responses in one transaction. An answer is never overwritten."""
        rows = [_to_row(request, response) for request, response in pairs]
        with self._transaction():
            self._db.executemany(_UPSERT, rows)
            if self._session is not None:
                now = self._clock()
                heard = ((now, row[4], row[4], self._session, row[1]) for row in rows)
                self._db.executemany(_HEARD, heard)

    def begin_session(self, prices: Mapping[str, Price | None]) -> None:
        """From now on ``record`` counts into a session. ``prices``: of each arm that it asks, None
        where unknown."""
        with self._transaction():
            begun = self._db.execute("INSERT INTO sessions (started) VALUES (?)", (self._clock(),))
            self._session = begun.lastrowid
            self._db.executemany(
                "INSERT INTO session_arms (session, arm, prompt_price, completion_price) "
                "VALUES (?, ?, ?, ?)",
                [
                    (
                        self._session,
                        arm,
                        *((price.prompt, price.completion) if price else [None] * 2),
                    )
                    for arm, price in prices.items()
                ],
            )

    def begin_arm(self, arm: str) -> None:
        """The session asks this arm from now on."""
        with self._transaction():
            self._db.execute(
                "UPDATE session_arms SET started = ? WHERE session = ? AND arm = ?",
                (self._clock(), self._session, arm),
            )

    def end_session(self) -> None:
        """The session has asked all that it will. One that was stopped never gets here."""
        with self._transaction():
            self._db.execute(
                "UPDATE sessions SET ended = ? WHERE session = ?", (self._clock(), self._session)
            )
        self._session = None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._explaining():
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except sqlite3.DatabaseError:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _explained(self, error: sqlite3.DatabaseError) -> WarmbenchError:
        reason = "the disk is full" if "full" in str(error) else str(error)
        return self._unfit(error) or OutputError(f"{self.path}: could not be written ({reason})")


def _to_row(request: Request, response: Response) -> tuple[Any, ...]:
    """The columns in order; half a surrogate pair, which SQLite can't store, as U+FFFD."""
    head = (request.key, request.arm, request.item_id, request.epoch)
    last = (response.wasted.prompt, response.wasted.completion, request.closes)
    row: tuple[Any, ...]
    if isinstance(response, Answer):
        tokens = (response.prompt_tokens, response.completion_tokens)
        good = (1, response.text, response.finish_reason, *tokens, None, None)
        thought = (response.reasoning, response.reasoning_tokens)
        row = (*head, *good, response.attempts, response.model, *thought, *last)
    else:
        bad = (0, None, response.finish_reason, None, None, response.kind.value, response.message)
        row = (*head, *bad, response.attempts, None, response.reasoning, None, *last)
    return tuple(whole_text(value) if isinstance(value, str) else value for value in row)
