"""The progress of a run, read by another process: what is answered, what failed, the time left."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from warmbench.engines.budget import Price
from warmbench.engines.openai_batch.record import BatchRecords
from warmbench.errors import DataError
from warmbench.folders import is_locked
from warmbench.records.reply import CUT
from warmbench.records.response import NO_TOKENS, Tokens
from warmbench.records.run import RunRecord
from warmbench.records.run_status import (
    ArmStatus,
    ClosingCounts,
    OpenBatches,
    RequestCounts,
    RunState,
    RunStatus,
)
from warmbench.retry import Sleep
from warmbench.running.dry_run import prices_of
from warmbench.running.folder import RunFolder
from warmbench.running.ledger_reader import LedgerReader
from warmbench.running.sessions import Session, last_session

__all__ = ["RunWatch"]

_REFRESH_S = 2.0


@dataclass
class _Heard:
    """What a ledger says of one arm. ``no_reply``: items whose request failed. ``stated`` and what
    follows is of the closing turns, the tokens of all."""

    answered: int = 0
    cut: int = 0
    refused: int = 0
    tokens: Tokens = NO_TOKENS
    reasoning_tokens: int | None = None
    failed: dict[str, int] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    stated: int = 0
    no_reply: int = 0
    closing_failed: dict[str, int] = field(default_factory=dict)
    closing_messages: dict[str, str] = field(default_factory=dict)


class RunWatch:
    """Looks at one run, as often as asked. ``declines`` says whether an answer is a refusal; each
    answer is read once.

    Raises ``DataError`` if there is no run, or its files are damaged. Changes no file, and blocks
    no other process.
    """

    def __init__(self, path: Path, declines: Callable[[str], bool]) -> None:
        self._folder = RunFolder(path)
        if not self._folder.record_path.is_file():
            raise DataError(
                f"{path}: no run there (no run.json); `warmbench run --out {path}` makes one, "
                "once its models are open"
            )
        self._declines = declines
        self._declined: dict[str, bool] = {}

    def until_it_ends(self, sleep: Sleep = time.sleep) -> Iterator[RunStatus]:
        """A status every two seconds; the last one when no process works on the run."""
        while True:
            status = self.look()
            yield status
            if not status.working:
                return
            sleep(_REFRESH_S)

    def look(self) -> RunStatus:
        """The run as it is now."""
        working = is_locked(self._folder.lock_path)
        record, heard, session = self._folder.record(), _nothing_heard(), None
        if self._folder.ledger_path.is_file():
            with LedgerReader.of_one_moment(self._folder.ledger_path) as ledger:
                if ledger.has_table("requests"):
                    heard, session = self._hear(ledger), last_session(ledger)
        ended = session.ended is not None if session else self._folder.responses_path.is_file()
        state = _state(working, ended, begun=bool(session or heard))
        return _status(self._folder, record, heard, session, state, working)

    def _hear(self, ledger: LedgerReader) -> dict[str, _Heard]:
        heard = _nothing_heard()
        for spending in ledger.spendings():
            heard[spending.arm].tokens = spending.tokens
        for arm, answered, cut, reasoning in ledger.select(_ANSWERS, CUT):
            heard[arm].answered, heard[arm].cut = answered, cut
            heard[arm].reasoning_tokens = reasoning
        for failure in ledger.failures_apart(closing=False):
            heard[failure.arm].failed[failure.kind] = failure.count
            heard[failure.arm].messages[failure.kind] = failure.message
        for failure in ledger.failures_apart(closing=True):
            heard[failure.arm].closing_failed[failure.kind] = failure.count
            heard[failure.arm].closing_messages[failure.kind] = failure.message
        for arm, stated in ledger.select(_STATED):
            heard[arm].stated = stated
        for arm, count in ledger.select(_NO_REPLY, json.dumps(self._prompt_ids)):
            heard[arm].no_reply = count
        for arm, refused in self._refusals(ledger).items():
            heard[arm].refused = refused
        return heard

    @cached_property
    def _prompt_ids(self) -> list[str]:
        return [prompt.item_id for prompt in self._folder.prompts()]

    def _refusals(self, ledger: LedgerReader) -> Counter[str]:
        refused: Counter[str] = Counter()
        for key, arm, text in ledger.select(_TEXTS):
            if key not in self._declined:
                self._declined[key] = self._declines(text)
            refused[arm] += self._declined[key]
        return refused


_ANSWERS = """
SELECT arm, count(*), sum(finish_reason = ?), sum(reasoning_tokens)
FROM requests WHERE answered = 1 AND closes IS NULL GROUP BY arm
"""
_TEXTS = "SELECT key, arm, response FROM requests WHERE answered = 1 AND closes IS NULL"
_STATED = """
SELECT arm, count(*) FROM requests WHERE answered = 1 AND closes IS NOT NULL GROUP BY arm
"""
_NO_REPLY = """
SELECT arm, count(*) FROM requests WHERE answered = 0 AND closes IS NULL
AND item_id NOT IN (SELECT value FROM json_each(?)) GROUP BY arm
"""


def _nothing_heard() -> dict[str, _Heard]:
    return defaultdict(_Heard)


def _state(working: bool, ended: bool, *, begun: bool) -> RunState:
    if ended:
        return RunState.FINISHED
    if working:
        return RunState.RUNNING
    return RunState.STOPPED if begun else RunState.NOT_BEGUN


def _status(
    folder: RunFolder,
    record: RunRecord,
    heard: Mapping[str, _Heard],
    session: Session | None,
    state: RunState,
    working: bool,
) -> RunStatus:
    prices = {**prices_of(record.study, None), **_stated_prices(session)}
    asked = session.arms if session else {}
    arms = {}
    for arm in record.study.arms:
        found = heard.get(arm.name, _Heard())
        arms[arm.name] = ArmStatus(
            arm.model,
            _counts(record, found, prices.get(arm.name)),
            asked[arm.name].rate if arm.name in asked else None,
            found.messages,
            found.closing_messages,
        )
    status = RunStatus(str(folder.path), state, working, arms, batches=_batches(folder.path))
    return status if session is None else _timed(status, session)


def _stated_prices(session: Session | None) -> dict[str, Price]:
    arms = session.arms if session else {}
    return {name: arm.price for name, arm in arms.items() if arm.price is not None}


def _counts(record: RunRecord, heard: _Heard, price: Price | None) -> RequestCounts:
    tokens = heard.tokens
    turns = record.closing_turns_per_arm
    closing = ClosingCounts(turns - heard.no_reply, heard.stated, heard.closing_failed)
    return RequestCounts(
        record.requests_per_arm,
        heard.answered,
        heard.failed,
        heard.cut,
        heard.refused,
        tokens,
        heard.reasoning_tokens,
        price.cost(tokens.prompt, tokens.completion) if price else None,
        closing if turns else None,
    )


def _timed(status: RunStatus, session: Session) -> RunStatus:
    """The status with the times of its last session. What failed in this session is not asked
    again before the next."""
    left = status.total.all_left - sum(arm.failed for arm in session.arms.values())
    asking = status.state is RunState.RUNNING and session.reply_rate
    return replace(
        status,
        rate=session.answer_rate,
        seconds_left=left / asking if asking else None,
        began=session.began,
        session_began=session.started,
        last_reply=session.last_reply,
    )


def _batches(run: Path) -> OpenBatches | None:
    """Batches that a provider still works on; None if there are none."""
    unsettled = BatchRecords(run).unsettled()
    if not unsettled:
        return None
    return OpenBatches(len(unsettled), sum(len(record.keys) for record in unsettled))
