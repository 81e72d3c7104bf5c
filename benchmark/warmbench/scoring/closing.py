"""The stated answers of a run, counted and held against its replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warmbench.records.closing import CLOSING_QUESTION
from warmbench.records.closing_score import ArmClosing, ClosingScore
from warmbench.records.item import Item
from warmbench.records.reply import CUT
from warmbench.records.study import Study
from warmbench.records.verdict import Verdict

__all__ = ["closing_differences", "closing_score"]

Row = Mapping[str, Any]
Rows = Sequence[Row]

_VERDICTS = tuple(verdict.value for verdict in Verdict)


def closing_score(
    study: Study, judge: str, verdicts: Rows, stated: Rows, verdicts_of_stated: Rows
) -> ClosingScore | None:
    """None for a study without closing turns. ``judge``: of the stated answers; ``stated``: rows of
    ``RESPONSE_SCHEMA``; ``verdicts`` on the replies, ``verdicts_of_stated``: ``VERDICT_SCHEMA``.
    """
    if not study.closing_tokens:
        return None
    of_reply = {_place(row): str(row["verdict"]) for row in verdicts}
    return ClosingScore(
        question=CLOSING_QUESTION,
        max_tokens=study.closing_tokens,
        judge=judge,
        arms={
            arm.name: _arm_closing(
                sum(row["arm"] == arm.name for row in verdicts),
                [row for row in stated if row["arm"] == arm.name],
                [row for row in verdicts_of_stated if row["arm"] == arm.name],
                of_reply,
            )
            for arm in study.arms
        },
    )


def _arm_closing(
    replies: int, stated: Rows, judged: Rows, of_reply: Mapping[Any, str]
) -> ArmClosing:
    counts = Counter((of_reply[_place(row)], str(row["verdict"])) for row in judged)
    return ArmClosing(
        replies=replies,
        stated=len(stated),
        missing=replies - len(stated),
        cut=sum(row["finish_reason"] == CUT for row in stated),
        unsure=sum(not row["sure"] for row in judged),
        verdicts={
            reply: {said: counts[reply, said] for said in _VERDICTS if counts[reply, said]}
            for reply in _VERDICTS
            if any(counts[reply, said] for said in _VERDICTS)
        },
    )


def closing_differences(
    items: Sequence[Item], replies: Rows, verdicts: Rows, stated: Rows, verdicts_of_stated: Rows
) -> Iterator[dict[str, Any]]:
    """Each stated answer that has another verdict than its reply: the question, the arm, both
    verdicts and both texts, in the order of the stated answers."""
    known = {item.item_id: item for item in items}
    texts = {_place(row): row["response"] for row in replies}
    of_reply = {_place(row): row["verdict"] for row in verdicts}
    for row, judged in zip(stated, verdicts_of_stated, strict=True):
        place, item = _place(row), known[row["item_id"]]
        if of_reply[place] != judged["verdict"]:
            yield {
                "item_id": item.item_id,
                "task": item.task,
                "context": item.context.value,
                "belief": item.belief.value,
                "question": item.question,
                "arm": row["arm"],
                "epoch": row["epoch"],
                "reply_verdict": of_reply[place],
                "stated_verdict": judged["verdict"],
                "reply": texts[place],
                "stated": row["response"],
            }


def _place(row: Row) -> tuple[str, str, int]:
    return row["item_id"], row["arm"], row["epoch"]
