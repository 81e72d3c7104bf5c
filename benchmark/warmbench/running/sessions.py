"""The sessions of a run, as its ledger knows them: one for each time that it was started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from warmbench.engines.budget import Price
from warmbench.running.ledger_reader import LedgerReader

__all__ = ["ArmSession", "Session", "last_session"]


@dataclass(frozen=True, slots=True)
class ArmSession:
    """What one session has heard of one arm. Times are seconds since 1970."""

    price: Price | None
    started: float | None
    last_reply: float | None
    answered: int
    failed: int

    @property
    def rate(self) -> float | None:
        """Answers a second; None before the first, and where no time has passed."""
        if self.started is None or self.last_reply is None or self.last_reply <= self.started:
            return None
        return self.answered / (self.last_reply - self.started)


@dataclass(frozen=True, slots=True)
class Session:
    """The last session of a run. ``began``: when the first did; ``ended``: None for one that is
    still going, or was stopped."""

    began: float
    started: float
    ended: float | None
    arms: Mapping[str, ArmSession] = field(default_factory=dict)

    @property
    def last_reply(self) -> float | None:
        return max((a.last_reply for a in self.arms.values() if a.last_reply), default=None)

    @property
    def answer_rate(self) -> float | None:
        """Answers a second over all arms, from when the first was asked to the last reply."""
        return self._per_second(sum(arm.answered for arm in self.arms.values()))

    @property
    def reply_rate(self) -> float | None:
        """The same, failures included: how fast the rest is asked."""
        return self._per_second(sum(arm.answered + arm.failed for arm in self.arms.values()))

    def _per_second(self, count: int) -> float | None:
        asked = min((a.started for a in self.arms.values() if a.started), default=None)
        if asked is None or self.last_reply is None or self.last_reply <= asked:
            return None
        return count / (self.last_reply - asked)


def last_session(ledger: LedgerReader) -> Session | None:
    """None where the ledger knows of none."""
    if not ledger.has_table("session_arms"):
        return None
    found = list(ledger.select("SELECT session, started, ended FROM sessions ORDER BY session"))
    if not found:
        return None
    number, started, ended = found[-1]
    return Session(found[0][1], started, ended, _arms(ledger, number))


def _arms(ledger: LedgerReader, session: int) -> dict[str, ArmSession]:
    columns = "arm, prompt_price, completion_price, started, last_reply, answered, failed"
    rows = ledger.select(f"SELECT {columns} FROM session_arms WHERE session = ?", session)
    return {
        arm: ArmSession(None if price_in is None else Price(price_in, price_out), *heard)
        for arm, price_in, price_out, *heard in rows
    }
