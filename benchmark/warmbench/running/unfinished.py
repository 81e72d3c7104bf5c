"""The answers of a run that has not finished, read from its ledger by another process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from warmbench.errors import DataError
from warmbench.folders import is_locked
from warmbench.running.folder import RunFolder
from warmbench.running.ledger_reader import LedgerReader
from warmbench.running.plan import ArmPlan, Place
from warmbench.running.run_tables import failure_rows, response_rows
from warmbench.running.sessions import last_session

__all__ = ["is_unfinished", "unfinished_failures", "unfinished_responses"]


def is_unfinished(folder: RunFolder) -> bool:
    """Whether the answers of a run are in its ledger alone, or are being added to there."""
    if not folder.responses_path.is_file():
        return True
    if not is_locked(folder.lock_path):
        return False
    with LedgerReader.of_one_moment(folder.ledger_path) as ledger:
        session = last_session(ledger)
    return session is not None and session.ended is None


def unfinished_responses(folder: RunFolder) -> list[dict[str, Any]]:
    """Rows of ``RESPONSE_SCHEMA``, one an answer to an item, in the order of a finished run.

    Raises ``DataError`` where nothing was answered yet.
    """
    rows = _rows(folder, response_rows)
    if not rows:
        why = folder.what_failed()
        raise DataError(
            f"{folder.path}: the run has not finished, and no request is answered yet{why}"
        )
    return rows


def unfinished_failures(folder: RunFolder) -> list[dict[str, Any]]:
    """Rows of ``FAILURE_SCHEMA``, one an item that was asked and has no answer so far."""
    return _rows(folder, failure_rows)


def _rows(
    folder: RunFolder,
    batches: Callable[[LedgerReader, Iterable[tuple[Place, str]]], Iterable[list[dict[str, Any]]]],
) -> list[dict[str, Any]]:
    record, items = folder.record(), folder.items()
    plans = [
        ArmPlan(record.study, arm, record.engines[arm.name], items, epochs=record.selection.epochs)
        for arm in record.study.arms
    ]
    asked = (pair for p in plans for pair in zip(p.item_places(), p.item_keys, strict=True))
    if folder.ledger_path.is_file():
        with LedgerReader.of_one_moment(folder.ledger_path) as ledger:
            if ledger.has_table("requests"):
                return [row for batch in batches(ledger, asked) for row in batch]
    return []
