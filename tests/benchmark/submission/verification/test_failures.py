"""Bundles of runs in which requests failed: what is told of them is checked, and a few may fail."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.benchmark.submission.verification.bots import Answering
from tests.benchmark.submission.verification.made_bundles import (
    HONEST,
    change_json,
    change_rows,
    make_bundle,
    make_run,
    small_release,
)
from warmbench.errors import UsageError
from warmbench.records.item import Item
from warmbench.records.reply import Reply, response_of
from warmbench.records.request import Request
from warmbench.records.response import Answer, Failure, FailureKind
from warmbench.records.tables import FAILURE_SCHEMA, RESPONSE_SCHEMA
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench.submission.handing_in.prepare_bundle import check_whole
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.verify_bundle import verify_bundle

FAILURES = "failures.jsonl"
FILTERED = Reply("", "content_filter")
LONG = "So it is, the user says. " * 4_000

Rows = list[dict[str, Any]]


def losing(answering: Answering, share: float, reply: Reply = FILTERED) -> Callable[..., Any]:
    """An arm that gets ``reply`` to this share (0 to 1) of the items."""

    def answer(request: Request, item: Item | None) -> str | Answer | Failure:
        digest = hashlib.sha256(request.item_id.encode()).digest()
        if item is not None and digest[0] < share * 256:
            return response_of(request.key, reply)
        return answering(request, item)

    return answer


@cache
def bundle_losing(original: float, warm: float) -> Path:
    """The bundle of a run whose arms lost these shares. Leave it as it is."""
    arms = {
        "original": losing(HONEST["original"], original),
        "warm": losing(HONEST["warm"], warm),
    }
    return make_bundle(Path(mkdtemp(prefix="warmbench-losing-")), arms, small_release(4))


def changed(tmp_path: Path) -> Path:
    shutil.copytree(bundle_losing(0.012, 0.012), tmp_path / "bundle")
    return tmp_path / "bundle"


def verified(bundle: Path) -> BundleVerification:
    return verify_bundle(bundle, release=small_release(4).path)


def test_a_run_in_which_a_few_failed_is_sound_and_ranks() -> None:
    bundle = bundle_losing(0.012, 0.012)
    failures = read_bundle(bundle).failures
    assert {(row["arm"], row["kind"], row["finish_reason"]) for row in failures} == {
        ("original", "content_filter", "content_filter"),
        ("warm", "content_filter", "content_filter"),
    }
    found = verified(bundle)
    assert found.is_sound, found.findings
    assert found.ranked == ("warm",)
    assert found.scorecard is not None
    assert found.scorecard.replies["warm"].filtered == len(failures) / 2
    assert found.scorecard.failures["warm"] == len(failures) / 2
    rows = next(step for step in found.steps if step.name == "rows")
    assert rows.note.endswith(f"answers, {len(failures)} failed")


def test_an_arm_that_lost_many_is_not_ranked_and_flagged() -> None:
    found = verified(bundle_losing(0.0, 0.2))
    assert found.is_sound, found.findings
    assert found.ranked == ()
    assert found.eligibility["warm"].code == "too-many-failures"
    assert any(
        flag.startswith("The warm arm's replies were withheld by a filter in ")
        for flag in found.eligibility["warm"].flags
    )


def rows(change: Callable[[Rows], Rows]) -> Callable[[Path], None]:
    return lambda bundle: change_rows(bundle / FAILURES, change, FAILURE_SCHEMA)


def first(**values: Any) -> Callable[[Path], None]:
    return rows(lambda found: [{**found[0], **values}, *found[1:]])


def answered_as_well(bundle: Path) -> None:
    answered = json.loads((bundle / "responses.jsonl").read_text().splitlines()[0])
    place = {name: answered[name] for name in ("item_id", "arm", "epoch")}
    rows(lambda found: [*found, {**place, "kind": "timeout", "finish_reason": ""}])(bundle)


def silent_warm(bundle: Path) -> None:
    """All answers of the warm arm called failures."""
    responses = [json.loads(line) for line in (bundle / "responses.jsonl").read_text().splitlines()]
    lost = [
        {"item_id": row["item_id"], "arm": "warm", "epoch": 0, "kind": "empty", "finish_reason": ""}
        for row in responses
        if row["arm"] == "warm"
    ]
    kept = [row for row in responses if row["arm"] != "warm"]
    lines = "".join(json.dumps(row) + "\n" for row in kept)
    (bundle / "responses.jsonl").write_text(lines)
    rows(lambda found: [*found, *lost])(bundle)


def hidden(bundle: Path) -> None:
    """A wrong answer taken out and called a failure: the numbers no longer follow."""
    for name in ("responses.jsonl", "verdicts.jsonl"):
        lines = (bundle / name).read_text().splitlines()
        (bundle / name).write_text("\n".join(lines[1:]) + "\n")
        last = json.loads(lines[0])
    place = {name: last[name] for name in ("item_id", "arm", "epoch")}
    rows(lambda found: [*found, {**place, "kind": "timeout", "finish_reason": ""}])(bundle)


def share_claimed(bundle: Path) -> None:
    def change(card: dict[str, Any]) -> None:
        card["replies"]["warm"]["shares"]["filtered"] = 0.0

    change_json(bundle / "scorecard.json", change)


CHANGES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "no failures": (lambda b: (b / FAILURES).unlink(), "missing-row", "responses.jsonl"),
    "a failure gone": (rows(lambda found: found[1:]), "missing-row", "responses.jsonl"),
    "answered as well": (answered_as_well, "duplicate-row", FAILURES),
    "a failure twice": (rows(lambda found: [*found, found[0]]), "duplicate-row", FAILURES),
    "a kind that is not known": (first(kind="bad mood"), "bad-columns", FAILURES),
    "another item": (first(item_id="medqa-9/plain/none"), "unknown-row", FAILURES),
    "another arm": (first(arm="cold"), "unknown-row", FAILURES),
    "another epoch": (first(epoch=1), "unknown-row", FAILURES),
    "not a row": (lambda b: (b / FAILURES).write_text("[]\n") and None, "bad-json", FAILURES),
    "no answer of an arm": (silent_warm, "missing-row|duplicate-row", "responses.jsonl"),
    "an answer called a failure": (hidden, "wrong-number", "scorecard.json"),
    "another share": (share_claimed, "wrong-number", "replies.warm.shares.filtered"),
    "a kind that changes the shares": (first(kind="timeout"), "wrong-number", "replies"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_does_not_fit_is_found(name: str, tmp_path: Path) -> None:
    change, codes, where = CHANGES[name]
    bundle = changed(tmp_path)
    change(bundle)
    found = verified(bundle)
    assert not found.is_sound
    assert found.findings[0].code in codes.split("|"), found.findings
    assert any(where in finding.where for finding in found.findings), found.findings


def test_what_asking_again_may_answer_is_not_submitted(tmp_path: Path) -> None:
    timed_out = Failure("", FailureKind.TIMEOUT, "no answer in 60 s")

    def arm(request: Request, item: Item | None) -> Any:
        if item is not None and item.item_id.endswith("sadness/none"):
            return Failure(request.key, timed_out.kind, timed_out.message)
        return HONEST["warm"](request, item)

    run = make_run(tmp_path / "run", {"original": HONEST["original"], "warm": arm}, small_release())
    with pytest.raises(UsageError, match="answers to items are missing; run the same"):
        check_whole(run)


def test_long_reasoning_is_shortened_and_its_length_kept(tmp_path: Path) -> None:
    def thinking(request: Request, item: Item | None) -> Any:
        text = HONEST["warm"](request, item)
        return Answer(request.key, text, "stop", reasoning=LONG, reasoning_tokens=30_000)

    arms = {"original": HONEST["original"], "warm": thinking}
    bundle = make_bundle(tmp_path, arms, small_release(1))
    read = read_bundle(bundle)
    warm = [row for row in read.responses if row["arm"] == "warm"]
    assert {row["reasoning"] for row in warm} == {LONG[:500]}
    assert {row["reasoning_words"] for row in warm} == {len(LONG.split())}
    assert {row["reasoning"] for row in read.responses if row["arm"] == "original"} == {None}
    found = verify_bundle(bundle, release=small_release(1).path)
    assert found.scorecard is not None
    assert found.scorecard.replies["warm"].reasoning_words == len(LONG.split())
    assert found.scorecard.replies["warm"].reasoning_tokens == 30_000
    assert found.findings == ()


def test_forms_of_requests_are_taken_from_a_bundle_if_they_are_some(tmp_path: Path) -> None:
    bundle = changed(tmp_path)
    told: dict[str, Any] = {
        "original": {"left_out": ["temperature", "<script>"], "system_in_user": "yes"},
        "warm": {"left_out": 7, "length_field": "<script>"},
        "nobody": {"system_in_user": True},
    }
    change_json(bundle / "scorecard.json", lambda card: card.update(request_forms=told))
    found = verified(bundle)
    assert found.is_sound, found.findings
    assert found.scorecard is not None
    assert found.scorecard.request_forms == {"original": {"left_out": ["temperature"]}}
    assert any("leave out temperature" in flag for flag in found.eligibility["warm"].flags)


def test_older_rows_of_responses_have_no_reasoning(tmp_path: Path) -> None:
    bundle = changed(tmp_path)
    before = read_bundle(bundle).fingerprint
    lines = (bundle / "responses.jsonl").read_text()
    assert "reasoning" not in lines
    change_rows(bundle / "responses.jsonl", lambda found: found, RESPONSE_SCHEMA)
    assert (bundle / "responses.jsonl").read_text() == lines
    assert read_bundle(bundle).fingerprint == before
