"""Whether the rows are those of the study: each item and prompt is answered, or has failed, exactly
once in every arm and epoch, and each row has the key of its request. An answer that was stated
after a reply belongs to that reply alone; one that is missing is counted, no fault.

A key is a hash of all that can change an answer: engine, model, system prompt, sampling, messages,
seed, arm. An edited study, sampling, item or arm shows in it. (Whoever edits the keys as well makes
another study, one that nobody ran; eligibility has to find that.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from warmbench.records.closing import closing_key
from warmbench.records.finding import Finding
from warmbench.records.response import FailureKind
from warmbench.records.run import RunRecord
from warmbench.running.plan import Askable, Place
from warmbench.submission.bundle.members import (
    CLOSING_RESPONSES,
    FAILURES,
    PROMPT_RESPONSES,
    RESPONSES,
    VERDICTS,
)
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench.submission.verification.expected_requests import ExpectedRequests

__all__ = ["coverage_findings", "key_findings", "row_name"]

Row = Mapping[str, Any]

_KINDS = frozenset(kind.value for kind in FailureKind)

_WRONG_FAILURES = {
    "foreign": (RejectionCode.UNKNOWN_ROW, "belongs to nothing in the study"),
    "twice": (RejectionCode.DUPLICATE_ROW, "appears more than once"),
    "answered": (RejectionCode.DUPLICATE_ROW, "is answered, and a failure as well"),
    "unknown": (RejectionCode.BAD_COLUMNS, "its kind of failure is not known"),
}


def coverage_findings(bundle: Bundle, expected: ExpectedRequests) -> list[Finding]:
    """At most one finding of each kind and table: the first row, and how many there are."""
    record, failed = expected.record, {_place(row) for row in bundle.failures}
    return [
        *_partial(record),
        *_failures(bundle, expected),
        *_table(RESPONSES, bundle.responses, expected.items, record, failed),
        *_table(VERDICTS, bundle.verdicts, expected.items, record, failed),
        *_table(PROMPT_RESPONSES, bundle.prompt_responses, expected.prompts, record, failed),
        *_closing_responses(bundle, record),
        *_silent_arms(bundle, record),
    ]


def key_findings(bundle: Bundle, expected: ExpectedRequests) -> list[Finding]:
    """The first row of each table whose key is another, and how many there are. The rows must
    cover the study (``coverage_findings``)."""
    return [
        *_wrong_keys(RESPONSES, bundle.responses, expected.item_keys),
        *_wrong_keys(PROMPT_RESPONSES, bundle.prompt_responses, expected.prompt_keys),
        *_wrong_keys(CLOSING_RESPONSES, bundle.closing_responses, _closing_keys(bundle, expected)),
    ]


def _closing_keys(bundle: Bundle, expected: ExpectedRequests) -> dict[Place, str]:
    tokens = expected.record.study.closing_tokens
    if not bundle.closing_responses:
        return {}
    return {
        _place(row): closing_key(row["key"], row["response"], tokens) for row in bundle.responses
    }


def _wrong_keys(name: str, rows: Sequence[Row], keys: Mapping[Place, str]) -> Iterator[Finding]:
    wrong = [row for row in rows if keys[row["item_id"], row["arm"], row["epoch"]] != row["key"]]
    if wrong:
        arms = ", ".join(sorted({row["arm"] for row in wrong}))
        text = (
            f"its key is not that of the study, as with {len(wrong) - 1:,} others (arms: {arms}); "
            "model, system prompt, sampling, seed or item is not what was asked"
        )
        yield Finding(RejectionCode.WRONG_KEY, f"{name}, {row_name(wrong[0])}", text)


def row_name(row: Row) -> str:
    """A row by what it answers: ``open-triviaqa-001/sadness/none, warm, epoch 0``."""
    return f"{str(row['item_id'])[:120]}, {str(row['arm'])[:20]}, epoch {row['epoch']}"


def _partial(record: RunRecord) -> Iterator[Finding]:
    selection = record.selection
    if selection.limit is not None:
        text = f"at most {selection.limit:,} questions a task were asked"
        yield Finding(RejectionCode.PARTIAL, "submission.json, selection.limit", text)
    for name in ("tasks", "contexts", "beliefs"):
        if getattr(selection, name):
            text = f"only some {name} were asked; a bundle is of a whole release"
            yield Finding(RejectionCode.PARTIAL, f"submission.json, selection.{name}", text)


def _place(row: Row) -> Place:
    return row["item_id"], row["arm"], row["epoch"]


def _failures(bundle: Bundle, expected: ExpectedRequests) -> Iterator[Finding]:
    """A failure is of a known kind, of the study, said once, and not answered as well."""
    record = expected.record
    arms = {arm.name for arm in record.study.arms}
    asked: tuple[Askable, ...] = (*expected.items, *expected.prompts)
    known = {one.item_id for one in asked}
    answered = {_place(row) for row in (*bundle.responses, *bundle.prompt_responses)}
    found: set[Place] = set()
    wrong: dict[str, list[Row]] = {"foreign": [], "twice": [], "answered": [], "unknown": []}
    for row in bundle.failures:
        place = item_id, arm, epoch = _place(row)
        if item_id not in known or arm not in arms or not 0 <= epoch < record.selection.epochs:
            wrong["foreign"].append(row)
        elif place in found:
            wrong["twice"].append(row)
        elif place in answered:
            wrong["answered"].append(row)
        elif row["kind"] not in _KINDS:
            wrong["unknown"].append(row)
        found.add(place)
    for name, (code, text) in _WRONG_FAILURES.items():
        yield from _first(code, FAILURES, wrong[name], text)


def _closing_responses(bundle: Bundle, record: RunRecord) -> Iterator[Finding]:
    if bundle.closing_responses and not record.study.closing_tokens:
        text = "is present, but the study asks no closing question"
        yield Finding(RejectionCode.UNKNOWN_FILE, CLOSING_RESPONSES, text)
        return
    replies, found = {_place(row) for row in bundle.responses}, set[Place]()
    foreign, twice = [], []
    for row in bundle.closing_responses:
        place = _place(row)
        if place in found:
            twice.append(row)
        elif place not in replies:
            foreign.append(row)
        found.add(place)
    yield from _first(
        RejectionCode.UNKNOWN_ROW, CLOSING_RESPONSES, foreign, "belongs to no reply of the bundle"
    )
    yield from _first(
        RejectionCode.DUPLICATE_ROW, CLOSING_RESPONSES, twice, "appears more than once"
    )


def _silent_arms(bundle: Bundle, record: RunRecord) -> Iterator[Finding]:
    answering = {row["arm"] for row in bundle.responses}
    for arm in record.study.arms:
        if bundle.failures and arm.name not in answering:
            yield Finding(RejectionCode.MISSING_ROW, RESPONSES, f"{arm.name} has no answer at all")


def _table(
    name: str,
    rows: Sequence[Row],
    asked: Sequence[Askable],
    record: RunRecord,
    failed: Set[Place],
) -> Iterator[Finding]:
    """``asked`` times arms times epochs are never listed where they are more than the rows.
    ``failed``: the places that have no row, as their requests failed."""
    arms = [arm.name for arm in record.study.arms]
    epochs = record.selection.epochs
    known = {one.item_id for one in asked}
    found: set[Place] = set()
    foreign: list[Row] = []
    twice: list[Row] = []
    for row in rows:
        place = (row["item_id"], row["arm"], row["epoch"])
        if place in found:
            twice.append(row)
        elif place[0] not in known or place[1] not in arms or not 0 <= place[2] < epochs:
            foreign.append(row)
        found.add(place)
    yield from _first(RejectionCode.UNKNOWN_ROW, name, foreign, "belongs to nothing in the study")
    yield from _first(RejectionCode.DUPLICATE_ROW, name, twice, "appears more than once")
    gone = {p for p in failed if p[0] in known and p[1] in arms and 0 <= p[2] < epochs} - found
    missing = len(known) * len(arms) * epochs - (len(found) - len(foreign)) - len(gone)
    if missing > 0:
        first = next(_missing(asked, arms, epochs, found | gone))
        text = f"is missing, as are {missing - 1:,} others" if missing > 1 else "is missing"
        where = f"{name}, {row_name(dict(zip(('item_id', 'arm', 'epoch'), first, strict=True)))}"
        yield Finding(RejectionCode.MISSING_ROW, where, text)


def _missing(
    asked: Sequence[Askable], arms: Iterable[str], epochs: int, found: set[Place]
) -> Iterator[Place]:
    return (
        place
        for arm in arms
        for epoch in range(epochs)
        for one in asked
        if (place := (one.item_id, arm, epoch)) not in found
    )


def _first(code: RejectionCode, name: str, rows: Sequence[Row], text: str) -> Iterator[Finding]:
    if rows:
        more = f" (and {len(rows) - 1:,} others)" if len(rows) > 1 else ""
        yield Finding(code, f"{name}, {row_name(rows[0])}", f"{text}{more}")
