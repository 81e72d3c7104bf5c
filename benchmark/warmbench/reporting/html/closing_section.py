"""The closing section: what the models state in a few words after their replies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warmbench.records.closing_score import ArmClosing
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.records.verdict import Verdict
from warmbench.reporting.closing_sentences import closing_sentences
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import count, share

__all__ = ["ClosingSection", "closing_section"]

_SHOWN_OF_EACH_ARM = 6

Difference = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClosingSection:
    """``differences``: some replies whose stated answer has another verdict, of ``found``."""

    question: str
    sentences: tuple[str, ...]
    table: Table
    differences: tuple[Difference, ...]
    found: int


def closing_section(
    card: Scorecard, score: ArmScore, differences: Sequence[Difference]
) -> ClosingSection | None:
    """The section of one treated arm; None where no reply was to be stated. ``differences``: what
    ``scoring.closing.closing_differences`` gives."""
    if card.closing is None:
        return None
    arms = ("original", score.arm)
    mine = [row for row in differences if row["arm"] in arms]
    return ClosingSection(
        question=card.closing.question,
        sentences=tuple(closing_sentences(card, score)),
        table=_table(card.closing.arms, arms),
        differences=tuple(row for arm in arms for row in _chosen(mine, arm)),
        found=len(mine),
    )


def _table(closings: Mapping[str, ArmClosing], arms: Sequence[str]) -> Table:
    return Table(
        caption="Verdicts on replies and on stated answers",
        columns=("Arm", "Replies", "Stated", "Missing", "Cut", "Verdict unsure",
                 "Same verdict", "Reply wrong, stated right", "Reply right, stated wrong"),
        rows=tuple(Row(arm.capitalize(), _cells(closings[arm])) for arm in arms),
        note="Counts. A refused, unscored or missing one is in neither of the last two columns.",
    )  # fmt: skip


def _cells(found: ArmClosing) -> tuple[str, ...]:
    right, wrong = Verdict.CORRECT.value, Verdict.INCORRECT.value
    return (
        count(found.replies),
        count(found.stated),
        count(found.missing),
        count(found.cut),
        share(found.unsure / found.stated) if found.stated else count(0),
        count(found.agreeing),
        count(found.verdicts.get(wrong, {}).get(right, 0)),
        count(found.verdicts.get(right, {}).get(wrong, 0)),
    )


def _chosen(differences: Sequence[Difference], arm: str) -> list[Difference]:
    """Some of an arm's, the same ones for the same rows in any order."""
    of_arm = [row for row in differences if row["arm"] == arm]
    return sorted(of_arm, key=_order)[:_SHOWN_OF_EACH_ARM]


def _order(row: Difference) -> str:
    place = f"{row['arm']}\n{row['epoch']}\n{row['item_id']}"
    return hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()
