"""Reads a ledger, also while another process writes it.

A reader takes no lock that a writer waits for, and makes and changes no file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from warmbench.engines.budget import Spending
from warmbench.errors import DataError, WarmbenchError
from warmbench.records.response import Tokens

__all__ = ["COLUMNS", "FailureCount", "LedgerReader", "LedgerRow"]

COLUMNS = (
    "key", "arm", "item_id", "epoch", "answered", "response", "finish_reason",
    "prompt_tokens", "completion_tokens", "failure", "message", "attempts", "model",
    "reasoning", "reasoning_tokens", "lost_prompt_tokens", "lost_completion_tokens", "closes",
)  # fmt: skip

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM requests"

_SPENT = """
SELECT arm, sum(attempts),
    sum(ifnull(prompt_tokens, 0) + lost_prompt_tokens),
    sum(ifnull(completion_tokens, 0) + lost_completion_tokens)
FROM requests GROUP BY arm ORDER BY arm
"""

_FAILED = """
SELECT arm, failure, count(*), message, min(key)
FROM requests WHERE answered = 0 GROUP BY arm, failure ORDER BY arm, failure
"""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A request as the ledger knows it: answered with ``response``, or failed with ``failure``.

    ``attempts`` and the lost tokens are sums over all times that it was asked. ``model`` is what
    the endpoint says answered. A failure has a finish reason where a reply came without an answer.
    ``closes``: that of a closing turn (``Request.closes``).
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
    closes: str | None = None


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How many requests of an arm have failed in one way, and the message of one of them."""

    arm: str
    kind: str
    count: int
    message: str


class LedgerReader:
    """What a ledger says. A context manager; use it in one thread.

    Raises ``DataError`` when the file is not a ledger.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def has_table(self, name: str) -> bool:
        """Whether this table was made: right after the file, by a version that knows it."""
        return any(True for _ in self.select("SELECT 1 FROM sqlite_master WHERE name = ?", name))

    @classmethod
    def of_one_moment(cls, path: Path) -> Self:
        """A reader that does not see what is written from now on."""
        try:
            connection = sqlite3.connect(_address(path), uri=True, isolation_level=None)
            reader = cls(path, connection)
            connection.execute("BEGIN")
        except sqlite3.DatabaseError as error:
            raise DataError(f"{path}: could not be read ({error})") from None
        return reader

    def answered_keys(self) -> set[str]:
        """The keys of the requests that have an answer."""
        return {key for (key,) in self.select("SELECT key FROM requests WHERE answered = 1")}

    def answer_counts(self) -> dict[str, int]:
        """Arm -> how many of its requests have an answer."""
        counts = "SELECT arm, count(*) FROM requests WHERE answered = 1 GROUP BY arm ORDER BY arm"
        return dict(self.select(counts))

    def spendings(self) -> list[Spending]:
        """What each arm has cost so far, answered or not."""
        return [
            Spending(arm, requests, Tokens(prompt, completion))
            for arm, requests, prompt, completion in self.select(_SPENT)
        ]

    def failures(self) -> list[FailureCount]:
        """What has failed and was not answered since, by arm and kind."""
        return self._failures(_FAILED)

    def failures_apart(self, *, closing: bool) -> list[FailureCount]:
        """The same of the closing turns alone, or of all others."""
        which = "closes IS NOT NULL" if closing else "closes IS NULL"
        return self._failures(_FAILED.replace("WHERE", f"WHERE {which} AND"))

    def _failures(self, query: str) -> list[FailureCount]:
        return [FailureCount(*found) for *found, _ in self.select(query)]

    def rows(self) -> Iterator[LedgerRow]:
        """All rows, in the order of their keys."""
        return map(_from_row, self.select(f"{_SELECT} ORDER BY key"))

    def answers(self, keys: Sequence[str]) -> dict[str, LedgerRow]:
        """The answered rows among these keys, by key. Ask for some thousands at a time."""
        return self._among(keys, answered=True)

    def failed(self, keys: Sequence[str]) -> dict[str, LedgerRow]:
        """The rows among these keys that were asked and have no answer, by key."""
        return self._among(keys, answered=False)

    def _among(self, keys: Sequence[str], *, answered: bool) -> dict[str, LedgerRow]:
        wanted = json.dumps(list(keys))
        query = f"{_SELECT} WHERE answered = ? AND key IN (SELECT value FROM json_each(?))"
        return {row[0]: _from_row(row) for row in self.select(query, answered, wanted)}

    def select(self, query: str, *values: Any) -> Iterator[Any]:
        """The rows of a query, as they are read."""
        with self._explaining():
            yield from self._db.execute(query, values)

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._explained(error) from None

    def _explained(self, error: sqlite3.DatabaseError) -> WarmbenchError:
        return self._unfit(error) or DataError(f"{self.path}: could not be read ({error})")

    def _unfit(self, error: sqlite3.DatabaseError) -> DataError | None:
        """What is wrong with the file itself; None where it is something else."""
        reason = str(error)
        if "not a database" in reason or "malformed" in reason:
            return DataError(f"{self.path}: not a WarmBench ledger ({reason})")
        if any(words in reason for words in ("no such column", "no such table", "has no column")):
            return DataError(f"{self.path}: of another version of WarmBench ({reason})")
        return None


def _address(path: Path) -> str:
    """A URI under which SQLite makes and changes no file: shared memory beside the ledger is read
    alone, and a ledger that no process has open (it has no ``-wal``) needs none."""
    is_open = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro&{'readonly_shm' if is_open else 'immutable'}=1"


def _from_row(row: Sequence[Any]) -> LedgerRow:
    return LedgerRow(**{**dict(zip(COLUMNS, row, strict=True)), "answered": bool(row[4])})
