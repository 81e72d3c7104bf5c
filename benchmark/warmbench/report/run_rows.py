"""Run rows: what a report shows that no scorecard holds, from the rows and files of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warmbench.conditions import Context
from warmbench.records.item import Item
from warmbench.records.verdict import Verdict
from warmbench.report.analysis_file import Analysis
from warmbench.report.audit_file import Audit
from warmbench.report.clustered_mean import Answers, Question

__all__ = ["RunRows", "refusals_of", "unsure_shares", "words_of"]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunRows:
    """``words``: arm -> context -> words of each answer, in the order of the contexts.
    ``refusals``: arm -> task -> 100 for each answer that was refused, else 0: their mean is a
    percentage. ``unsure``: arm -> share (0 to 1) of verdicts that the judge was unsure of.
    ``analysis``: the paper's tests and models. ``audit``: the judge held against people's labels.
    All are empty where there is nothing.
    """

    words: Mapping[str, Mapping[str, Answers]] = field(default_factory=dict)
    refusals: Mapping[str, Mapping[str, Answers]] = field(default_factory=dict)
    unsure: Mapping[str, float] = field(default_factory=dict)
    analysis: Analysis | None = None
    audit: Audit | None = None


def words_of(items: Sequence[Item], responses: Iterable[Json]) -> dict[str, dict[str, Answers]]:
    """The length of every answer, by arm and context; arms in the order of the rows.

    ``responses``: rows of ``RESPONSE_SCHEMA``. Words are what white space parts.
    """
    known = {item.item_id: item for item in items}
    found = _nested()
    for row in responses:
        item = known.get(row["item_id"])
        if row["response"] is not None and item is not None:
            question = (item.task, item.question_id)
            found[row["arm"]][item.context.value][question].append(len(row["response"].split()))
    return {
        arm: {c.value: dict(by[c.value]) for c in Context if c.value in by}
        for arm, by in found.items()
    }


def refusals_of(items: Sequence[Item], verdicts: Iterable[Json]) -> dict[str, dict[str, Answers]]:
    """Which answers were refused, by arm and task."""
    known = {item.item_id: item for item in items}
    found = _nested()
    for row in verdicts:
        item = known.get(row["item_id"])
        if item is not None:
            refused = 100.0 if row["verdict"] == Verdict.REFUSED.value else 0.0
            found[row["arm"]][item.task][item.task, item.question_id].append(refused)
    return {arm: {task: dict(rows) for task, rows in by.items()} for arm, by in found.items()}


def _nested() -> defaultdict[str, defaultdict[str, defaultdict[Question, list[float]]]]:
    return defaultdict(lambda: defaultdict(lambda: defaultdict(list)))


def unsure_shares(verdicts: Iterable[Json]) -> dict[str, float]:
    """Share of the verdicts on each arm that the judge was unsure of."""
    sure: dict[str, list[bool]] = defaultdict(list)
    for row in verdicts:
        sure[row["arm"]].append(bool(row["sure"]))
    return {arm: 1.0 - sum(flags) / len(flags) for arm, flags in sure.items()}
