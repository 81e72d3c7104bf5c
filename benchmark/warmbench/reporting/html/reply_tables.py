"""Reply tables: what the requests of two arms came to, and how long replies and reasoning are."""

from __future__ import annotations

from collections.abc import Mapping

from warmbench.records.arm_replies import ArmReplies, ReplyKind
from warmbench.records.scorecard import ArmScore
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import NO_VALUE, count, loss_text, percent, points
from warmbench.statistics.replies import KINDS

__all__ = ["length_of_replies_table", "reply_table"]

_NAMES = {
    ReplyKind.CUT: "Cut at the token limit",
    ReplyKind.EMPTY: "Empty",
    ReplyKind.FILTERED: "Filtered",
    ReplyKind.REASONING_ONLY: "Only reasoning",
    ReplyKind.FAILED: "Failed otherwise",
}


def reply_table(replies: Mapping[str, ArmReplies], score: ArmScore) -> Table:
    """Count and share of each kind of reply in both arms, and the difference of the shares."""
    arms = ("original", score.arm)
    return Table(
        caption="Replies",
        columns=("Requests", "Original", score.arm.capitalize(), "Difference in points"),
        rows=(
            Row("Asked", (*(count(replies[arm].asked) for arm in arms), NO_VALUE)),
            Row("Answered", (*(count(replies[arm].answered) for arm in arms), NO_VALUE)),
            *(
                Row(
                    _NAMES[kind],
                    (
                        *(_share(replies[arm], kind) for arm in arms),
                        loss_text(score.replies.get(kind)),
                    ),
                )
                for kind in KINDS
            ),
        ),
        note=f"Of all requests; those cut are among the answered. {_reasons(replies, arms)}"
        f"Difference: {score.arm} minus original with its 95 % interval, by question.",
    )


def _share(found: ArmReplies, kind: ReplyKind) -> str:
    number = getattr(found, kind.value)
    return f"{count(number)} ({percent(found.shares.get(kind, 0.0))})"


def _reasons(replies: Mapping[str, ArmReplies], arms: tuple[str, ...]) -> str:
    told = [
        f"{arm} " + ", ".join(f"{kind} {count(n)}" for kind, n in replies[arm].reasons.items())
        for arm in arms
        if replies[arm].reasons
    ]
    return f"No answer: {'; '.join(told)}. " if told else ""


def length_of_replies_table(replies: Mapping[str, ArmReplies], score: ArmScore) -> Table:
    """Mean tokens of the answers, mean words and tokens of the reasoning before them."""
    return Table(
        caption="Length of answers and reasoning",
        columns=("Arm", "Tokens of an answer", "Words of reasoning", "Tokens of reasoning"),
        rows=tuple(
            Row(
                arm.capitalize(),
                tuple(
                    NO_VALUE if value is None else points(value)
                    for value in (
                        replies[arm].answer_tokens,
                        replies[arm].reasoning_words,
                        replies[arm].reasoning_tokens,
                    )
                ),
            )
            for arm in ("original", score.arm)
        ),
        note=f"Means over the answers for which they are known; {NO_VALUE}: for none. Reasoning is "
        "kept apart from the answer and never judged.",
    )
