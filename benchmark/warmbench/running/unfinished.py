"""The answers of a run that has not finished, read from its ledger by another process."""

from __future__ import annotations

from typing import Any

from warmbench.errors import DataError
from warmbench.folders import is_locked
from warmbench.running.folder import RunFolder
from warmbench.running.ledger_reader import LedgerReader
from warmbench.running.plan import ArmPlan
from warmbench.running.run_tables import response_rows
from warmbench.running.sessions import last_session

__all__ = ["is_unfinished", "unfinished_responses"]


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
    record, items = folder.record(), folder.items()
    plans = [
        ArmPlan(record.study, arm, record.engines[arm.name], items, epochs=record.selection.epochs)
        for arm in record.study.arms
    ]
    asked = (pair for p in plans for pair in zip(p.item_places(), p.item_keys, strict=True))
    rows = []
    if folder.ledger_path.is_file():
        with LedgerReader.of_one_moment(folder.ledger_path) as ledger:
            if ledger.has_table("requests"):
                rows = [row for batch in response_rows(ledger, asked) for row in batch]
    if not rows:
        raise DataError(f"{folder.path}: the run has not finished, and nothing is answered yet")
    return rows
