"""Stated answers in a bundle: its numbers follow from them, and each belongs to its reply."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.benchmark.submission.verification.bots import Answering, knows
from tests.benchmark.submission.verification.made_bundles import (
    change_json,
    change_rows,
    honest_bundle,
    make_bundle,
    small_release,
)
from warmbench.data.table import read_rows
from warmbench.records.closing import closing_key
from warmbench.records.item import Item
from warmbench.records.request import Request
from warmbench.records.tables import RESPONSE_SCHEMA
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench.submission.verification.verify_bundle import verify_bundle

CLOSING = "closing_responses.jsonl"
TOKENS = 20

Rows = list[dict[str, Any]]


def stating(knowing: Answering) -> Answering:
    """States a right answer after every reply."""

    def answer(request: Request, item: Item | None) -> str:
        if request.closes and item is not None:
            return item.correct_answers[0]
        return knowing(request, item)

    return answer


@cache
def bundle_with_stated_answers() -> Path:
    arms: Mapping[str, Answering] = {
        "original": stating(knows(0.85)),
        "warm": stating(knows(0.6, warm=True)),
    }
    out = Path(mkdtemp(prefix="warmbench-stated-"))
    return make_bundle(out, arms, small_release(), closing_tokens=TOKENS)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_with_stated_answers(), tmp_path / "bundle"))


def verified(path: Path) -> Any:
    return verify_bundle(path, release=small_release().path)


def test_the_figures_are_recomputed_from_the_stated_answers(bundle: Path) -> None:
    found = verified(bundle)
    assert found.is_sound, found.findings
    assert found.ranked == ("warm",)
    assert "stated in a few words" in found.steps[2].note
    card = found.scorecard
    assert card.closing.arms["warm"].stated == card.closing.arms["warm"].replies == 240
    assert card.arm("warm").closing["treated_held_back"].value > 20.0
    assert (
        card.to_json()["closing"] == json.loads((bundle / "scorecard.json").read_text())["closing"]
    )


def test_the_replies_are_those_of_a_bundle_without_them(bundle: Path) -> None:
    for name in ("responses.jsonl", "prompt_responses.jsonl", "verdicts.jsonl"):
        assert (bundle / name).read_bytes() == (honest_bundle() / name).read_bytes()
    with_it, without = read_bundle(bundle), read_bundle(honest_bundle())
    assert with_it.fingerprint != without.fingerprint
    claimed = [json.loads((b / "scorecard.json").read_text()) for b in (bundle, honest_bundle())]
    assert claimed[0]["treated"][0]["headline"] == claimed[1]["treated"][0]["headline"]


def closing(change: Callable[[Rows], Rows]) -> Callable[[Path], None]:
    return lambda bundle: change_rows(bundle / CLOSING, change, RESPONSE_SCHEMA)


def last(**changes: object) -> Callable[[Path], None]:
    return closing(lambda rows: [*rows[:-1], {**rows[-1], **changes}])


def _swap(rows: Rows) -> Rows:
    """The keys of two rows change places."""
    one, other, *rest = rows
    return [{**one, "key": other["key"]}, {**other, "key": one["key"]}, *rest]


def claims(*path: Any, value: object) -> Callable[[Path], None]:
    def change(card: Any) -> None:
        for part in path[:-1]:
            card = card[part]
        card[path[-1]] = value

    return lambda bundle: change_json(bundle / "scorecard.json", change)


CHANGES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "another stated answer": (closing(lambda rows: [{**r, "response": "Sydney"} for r in rows]), "wrong-number", "closing"),
    "one left out without saying so": (closing(lambda rows: rows[1:]), "wrong-number", "closing"),
    "an answer to no reply": (last(item_id="medqa-9/plain/none"), "unknown-row", CLOSING),
    "an arm of no study": (last(arm="cold"), "unknown-row", CLOSING),
    "one twice": (closing(lambda rows: [*rows, rows[0]]), "duplicate-row", CLOSING),
    "a key of its own": (last(key="ab12"), "wrong-key", CLOSING),
    "the key of another row": (closing(_swap), "wrong-key", CLOSING),
    "another limit": (lambda b: change_json(b / "submission.json", lambda s: s["study"].update(closing_tokens=40)), "wrong-key", CLOSING),
    "no closing question in the study": (lambda b: change_json(b / "submission.json", lambda s: s["study"].pop("closing_tokens")), "unknown-file", CLOSING),
    "a limit without end": (lambda b: change_json(b / "submission.json", lambda s: s["study"].update(closing_tokens=10**9)), "bad-submission", "submission.json"),
    "another loss": (claims("treated", 0, "closing", "loss", "value", value=0.25), "wrong-number", "treated.0.closing.loss.value"),
    "another agreement": (claims("treated", 0, "closing", "treated_agreement", "value", value=99.0), "wrong-number", "treated.0.closing.treated_agreement.value"),
    "another count": (claims("closing", "arms", "warm", "missing", value=7), "wrong-number", "closing.arms.warm.missing"),
    "another question": (claims("closing", "question", value="Say something."), "wrong-number", "closing.question"),
    "not JSON": (lambda b: (b / CLOSING).write_bytes(b"PAR1") and None, "bad-json", CLOSING),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found(name: str, bundle: Path) -> None:
    change, code, where = CHANGES[name]
    change(bundle)
    found = verified(bundle)
    assert not found.is_sound
    assert found.findings[0].code == code, found.findings
    assert where in found.findings[0].where


def test_stated_answers_that_are_missing_are_counted_and_no_fault(bundle: Path) -> None:
    """A run whose closing turns failed in part is as sound as any."""
    (bundle / CLOSING).unlink()
    change_json(bundle / "scorecard.json", lambda s: s.pop("closing"))
    change_json(bundle / "scorecard.json", lambda s: s["treated"][0].pop("closing"))
    found = verified(bundle)
    assert found.is_sound, found.findings
    assert found.ranked == ("warm",)
    assert found.scorecard.closing.arms["warm"].missing == 240
    assert found.scorecard.arm("warm").closing == {}


def test_a_key_belongs_to_the_text_of_the_reply(bundle: Path) -> None:
    replies = {(r["item_id"], r["arm"]): r for r in read_rows(bundle / "responses.jsonl")}
    for row in read_rows(bundle / CLOSING):
        reply = replies[row["item_id"], row["arm"]]
        assert row["key"] == closing_key(reply["key"], reply["response"], TOKENS)
