"""Replies: the outcomes of each arm's requests, and the difference between the arms.

A request without an answer is left out of the loss. If that happens in one arm more often than in
the other, the loss is over other questions than were asked, so the difference is reported. All
requests for one question are one observation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from warmbench.records.arm_replies import ArmReplies, ReplyKind
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.pairs import PairedVerdicts, conditions
from warmbench.statistics.pooled import pooled_mean

__all__ = [
    "CLEAR",
    "KINDS",
    "MANY",
    "apart_kinds",
    "arm_replies",
    "reply_differences",
    "reply_kinds",
]

KINDS = tuple(kind for kind in ReplyKind if kind is not ReplyKind.WHOLE)

CLEAR = 2.0
"""Points: a smaller difference is not reported, however certain it is."""

MANY = 5.0
"""Percent: more than that in one arm only is reported without an interval."""

Rows = Sequence[Mapping[str, Any]]


def reply_kinds(responses: Rows, failures: Rows) -> pd.DataFrame:
    """A row for each request that was asked: item_id, arm, epoch, ``kind`` (``ReplyKind``).

    ``responses`` and ``failures``: rows of ``RESPONSE_SCHEMA`` and ``FAILURE_SCHEMA``.
    """
    places = [(row["item_id"], row["arm"], row["epoch"]) for row in (*responses, *failures)]
    kinds = [
        *(ReplyKind.of_answer(row["finish_reason"]).value for row in responses),
        *(ReplyKind.of_failure(row["kind"]).value for row in failures),
    ]
    return pd.DataFrame(places, columns=["item_id", "arm", "epoch"]).assign(kind=kinds)


def arm_replies(arms: Iterable[str], responses: Rows, failures: Rows) -> dict[str, ArmReplies]:
    """Arm -> the outcomes of its requests."""
    return {
        arm: _replies(
            [row for row in responses if row["arm"] == arm],
            [row for row in failures if row["arm"] == arm],
        )
        for arm in arms
    }


def _replies(responses: Rows, failures: Rows) -> ArmReplies:
    asked = len(responses) + len(failures)
    counts = Counter(ReplyKind.of_answer(row["finish_reason"]) for row in responses)
    counts.update(ReplyKind.of_failure(row["kind"]) for row in failures)
    named = {kind.value: counts[kind] for kind in KINDS}
    return ArmReplies(
        asked=asked,
        answered=len(responses),
        **named,
        shares={kind: POINTS * count / asked if asked else 0.0 for kind, count in named.items()},
        reasons=dict(sorted(Counter(str(row["kind"]) for row in failures).items())),
        answer_tokens=_mean(map(_answer_tokens, responses)),
        **_reasoning(responses),
    )


def _reasoning(responses: Rows) -> dict[str, float | None]:
    """The mean length of the reasoning; no words where no answer has any."""
    words = [row.get("reasoning_words") or 0 for row in responses]
    tokens = [row.get("reasoning_tokens") for row in responses]
    return {
        "reasoning_words": _mean(words) if any(words) else None,
        "reasoning_tokens": _mean(tokens) if any(tokens) else None,
    }


def _answer_tokens(row: Mapping[str, Any]) -> int | None:
    """The tokens of the answer alone; None if the number of reasoning tokens is not
    known."""
    total, reasoning = row["completion_tokens"], row.get("reasoning_tokens")
    if total is None or (reasoning is None and row.get("reasoning_words")):
        return None
    return int(max(0, total - (reasoning or 0)))


def _mean(values: Iterable[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def reply_differences(pairs: PairedVerdicts) -> dict[str, Estimate | None]:
    """Kind -> the treated arm's share minus the original's in percentage points, on the requests
    that both were asked; None for each where nothing is known of them."""
    table = _both(pairs)
    if table.empty:
        return dict.fromkeys((kind.value for kind in KINDS), None)
    return {kind.value: _difference(table, kind) for kind in KINDS}


def _both(pairs: PairedVerdicts) -> pd.DataFrame:
    """A row for each item and epoch that both arms were asked, with their kinds."""
    wide = pairs.replies.pivot(index=["item_id", "epoch"], columns="arm", values="kind")
    wide = wide.reindex(columns=["original", pairs.arm]).rename(columns={pairs.arm: "treated"})
    return wide.dropna().reset_index().merge(conditions(pairs.items), on="item_id", how="inner")


def _difference(table: pd.DataFrame, kind: ReplyKind) -> Estimate | None:
    apart = (table["treated"] == kind.value).astype(float) - (table["original"] == kind.value)
    return pooled_mean(table, apart)


def apart_kinds(replies: Mapping[str, ArmReplies], score: ArmScore) -> list[ReplyKind]:
    """The kinds in which a treated arm and the original are clearly apart.

    By at least ``CLEAR`` points, and either the interval of the difference excludes zero or one
    arm has more than ``MANY`` percent and the other has not.
    """
    if "original" not in replies or score.arm not in replies:
        return []
    one, other = replies["original"].shares, replies[score.arm].shares
    return [
        kind
        for kind in KINDS
        if _is_apart(one.get(kind, 0.0), other.get(kind, 0.0), score.replies.get(kind))
    ]


def _is_apart(original: float, treated: float, difference: Estimate | None) -> bool:
    if abs(treated - original) < CLEAR:
        return False
    sure = difference is not None and (difference.above_zero or difference.below_zero)
    return sure or (original > MANY) != (treated > MANY)
