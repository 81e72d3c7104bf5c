"""The replies of judges, read back from the ledger that keeps them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from warmbench.errors import DataError
from warmbench.run.ledger import Ledger

__all__ = ["KeptReply", "kept_replies"]


@dataclass(frozen=True, slots=True)
class KeptReply:
    """What one judge replied on one case: ``case_id`` is ``Case.case_id``, ``attempt`` 0 or 1.

    ``text`` is the raw reply, None where asking failed; then ``failure`` says how.
    """

    judge: str
    case_id: str
    attempt: int
    text: str | None
    failure: str | None


def kept_replies(ledger_path: Path) -> list[KeptReply]:
    """All replies, ordered by judge, case and attempt; raises ``DataError`` where none are kept."""
    if not ledger_path.is_file():
        raise DataError(f"{ledger_path}: no such file; `warmbench judge` keeps replies of models")
    with closing(Ledger(ledger_path)) as ledger:
        replies = [
            KeptReply(row.arm, row.item_id, row.epoch, row.response, row.failure)
            for row in ledger.rows()
        ]
    return sorted(replies, key=lambda kept: (kept.judge, kept.case_id, kept.attempt))
