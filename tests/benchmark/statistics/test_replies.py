"""What the requests of two arms came to: counts, shares, differences, and what is said aloud."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_verdicts
from warmbench.conditions import Belief, Context
from warmbench.records.arm_replies import ArmReplies, ReplyKind
from warmbench.records.estimate import Estimate
from warmbench.records.response import FailureKind
from warmbench.records.scorecard import ArmScore
from warmbench.statistics.arm_score import score_arm
from warmbench.statistics.pairs import PairedVerdicts
from warmbench.statistics.replies import (
    apart_kinds,
    arm_replies,
    reply_differences,
    reply_kinds,
)

ITEMS = make_items(4, ("triviaqa", "medqa"), (Context.PLAIN, Context.SADNESS), tuple(Belief))
PLACES = [item.item_id for item in ITEMS]

Rows = list[dict[str, Any]]


def answer(item: str, arm: str, finish: str = "stop", **more: Any) -> dict[str, Any]:
    return {"item_id": item, "arm": arm, "epoch": 0, "response": "Canberra.",
            "finish_reason": finish, "completion_tokens": 10, **more}  # fmt: skip


def failure(item: str, arm: str, kind: str) -> dict[str, Any]:
    return {"item_id": item, "arm": arm, "epoch": 0, "kind": kind, "finish_reason": ""}


def rows_of(arm: str, kinds: list[str]) -> tuple[Rows, Rows]:
    """Responses and failures of an arm: ``whole``, ``cut`` or a ``FailureKind`` for each item."""
    answers, failures = [], []
    for item, kind in zip(PLACES, kinds, strict=True):
        if kind in ("whole", "cut"):
            answers.append(answer(item, arm, "length" if kind == "cut" else "stop"))
        else:
            failures.append(failure(item, arm, kind))
    return answers, failures


def differences(original: list[str], warm: list[str]) -> dict[str, Estimate | None]:
    one, other = rows_of("original", original), rows_of("warm", warm)
    kinds = reply_kinds([*one[0], *other[0]], [*one[1], *other[1]])
    return reply_differences(PairedVerdicts.of(ITEMS, make_verdicts([], _right), "warm", kinds))


def _right(*_: object) -> str:
    return "correct"


@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_kind_of_failure_has_its_place(kind: FailureKind) -> None:
    found = arm_replies(["warm"], [answer("a", "warm")], [failure("b", "warm", kind.value)])["warm"]
    own = {"empty": "empty", "content_filter": "filtered", "reasoning_only": "reasoning_only"}
    place = own.get(kind.value, "failed")
    assert (found.asked, found.answered, found.cut) == (2, 1, 0)
    assert {name: share for name, share in found.shares.items() if share} == {place: 50.0}
    assert found.reasons == {kind.value: 1}


def test_an_arm_that_was_not_asked_has_no_shares() -> None:
    found = arm_replies(["warm"], [], [])["warm"]
    assert found.asked == 0
    assert set(found.shares.values()) == {0.0}
    assert (found.answer_tokens, found.reasoning_words, found.reasoning_tokens) == (None,) * 3


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{}], (10.0, None, None)),
        ([{"completion_tokens": None}], (None, None, None)),
        ([{"reasoning_words": 6, "reasoning_tokens": 7}], (3.0, 6.0, 7.0)),
        ([{"reasoning_words": 6}], (None, 6.0, None)),
        ([{"reasoning_words": 6}, {}], (10.0, 3.0, None)),
        ([{"reasoning_tokens": 8}, {"reasoning_tokens": 0}], (6.0, None, 4.0)),
        ([{"reasoning_tokens": 12}], (0.0, None, 12.0)),
    ],
)
def test_lengths_are_means_of_what_is_known(
    rows: Rows, expected: tuple[float | None, float | None, float | None]
) -> None:
    found = arm_replies(["warm"], [answer("a", "warm", **row) for row in rows], [])["warm"]
    assert (found.answer_tokens, found.reasoning_words, found.reasoning_tokens) == expected


KINDS = st.sampled_from(["whole", "whole", "cut", "empty", "content_filter", "timeout"])
ARM = st.lists(KINDS, min_size=len(PLACES), max_size=len(PLACES))


@settings(max_examples=20)
@given(ARM, ARM)
def test_a_difference_is_that_of_the_shares(original: list[str], warm: list[str]) -> None:
    shares = [arm_replies(["a"], *(rows_of("a", kinds)))["a"].shares for kinds in (original, warm)]
    found = differences(original, warm)
    back = differences(warm, original)
    for kind, estimate in found.items():
        assert estimate is not None
        assert estimate.value == pytest.approx(shares[1][kind] - shares[0][kind])
        other = back[kind]
        assert other is not None
        assert other.value == pytest.approx(-estimate.value)
        numbers = [estimate.value, estimate.low, estimate.high, estimate.se, estimate.df]
        assert all(math.isfinite(number) for number in numbers if number is not None)


def test_arms_that_are_alike_differ_by_exactly_nothing() -> None:
    kinds = ["whole", "cut", "empty", "timeout"] * (len(PLACES) // 4)
    for estimate in differences(kinds, kinds).values():
        assert estimate is not None
        assert (estimate.value, estimate.se, estimate.low, estimate.high) == (0.0, 0.0, None, None)


def test_rows_of_one_question_are_one_observation() -> None:
    """The same number of empty replies, all of two questions or over all questions: the first is
    much less sure."""
    whole = ["whole"] * len(PLACES)
    questions = sorted({item.question_id for item in ITEMS})
    together = ["empty" if item.question_id in questions[:2] else "whole" for item in ITEMS]
    apart = ["whole"] * len(PLACES)
    for number, item in enumerate(ITEMS):
        if (number + questions.index(item.question_id)) % 4 == 0:
            apart[number] = "empty"
    one, other = differences(whole, together)["empty"], differences(whole, apart)["empty"]
    assert one is not None
    assert other is not None
    assert one.value == pytest.approx(25.0)
    assert other.value == pytest.approx(25.0)
    assert one.se is not None
    assert other.se is not None
    assert one.se > 1.5 * other.se


def test_what_only_one_arm_was_asked_does_not_count() -> None:
    answers = [answer(item, "warm") for item in PLACES]
    lost = [failure(item, "original", "empty") for item in PLACES[:6]]
    pairs = PairedVerdicts.of(ITEMS, make_verdicts([], _right), "warm", reply_kinds(answers, lost))
    found = reply_differences(pairs)["empty"]
    assert found is not None
    assert found.value == pytest.approx(-100.0)


def test_nothing_known_gives_nothing() -> None:
    verdicts = make_verdicts(ITEMS, _right)
    assert set(score_arm(ITEMS, verdicts, "warm").replies.values()) == {None}


SURE, UNSURE = Estimate(9.0, 3.0, 15.0), Estimate(9.0, -3.0, 21.0)


@pytest.mark.parametrize(
    ("original", "warm", "difference", "said"),
    [
        (0.0, 0.0, Estimate(0.0, se=0.0), False),
        (0.0, 20.0, SURE, True),
        (20.0, 0.0, Estimate(-20.0, -30.0, -10.0), True),
        (0.0, 1.9, Estimate(1.9, 1.0, 2.8), False),  # sure, and small
        (3.0, 5.0, UNSURE, False),  # neither is many
        (3.0, 12.0, UNSURE, True),  # many in one arm alone
        (12.0, 3.0, None, True),
        (6.0, 15.0, UNSURE, False),  # many in both, and not sure
        (4.9, 5.1, None, False),
        (0.0, 100.0, Estimate(100.0, se=0.0), True),  # no spread, hence no interval
    ],
)
def test_what_is_said_aloud(
    original: float, warm: float, difference: Estimate | None, said: bool
) -> None:
    score = score_arm(ITEMS, make_verdicts(ITEMS, _right), "warm")
    score = ArmScore.model_validate({**dict(score), "replies": {"empty": difference}})
    replies = {"original": _with_share(original), "warm": _with_share(warm)}
    assert apart_kinds(replies, score) == ([ReplyKind.EMPTY] if said else [])


def _with_share(empty: float) -> ArmReplies:
    return ArmReplies(
        asked=1000, answered=0, cut=0, empty=0, filtered=0, reasoning_only=0, failed=0,
        shares={"empty": empty}, reasons={},
    )  # fmt: skip


def test_a_scorecard_without_replies_says_nothing() -> None:
    assert apart_kinds({}, score_arm(ITEMS, make_verdicts(ITEMS, _right), "warm")) == []
