"""Run rows: what a report shows that no scorecard holds, from the rows and files of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warmbench.conditions import Context
from warmbench.data.item import Item
from warmbench.report.analysis_file import Analysis
from warmbench.report.audit_file import Audit

__all__ = ["RunRows", "mean_words", "unsure_shares"]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunRows:
    """``words``: arm -> context -> mean words of an answer, in the order of the contexts.
    ``unsure``: arm -> share (0 to 1) of verdicts that the judge was unsure of. ``analysis``: the
    paper's tests and models. ``audit``: the judge held against people's labels. All are empty
    where there is nothing.
    """

    words: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unsure: Mapping[str, float] = field(default_factory=dict)
    analysis: Analysis | None = None
    audit: Audit | None = None


def mean_words(items: Sequence[Item], responses: Iterable[Json]) -> dict[str, dict[str, float]]:
    """Mean words of an answer, by arm and context; arms in the order of the rows.

    ``responses``: rows of ``RESPONSE_SCHEMA``. Words are what white space parts.
    """
    contexts = {item.item_id: item.context for item in items}
    found: dict[str, dict[Context, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in responses:
        if row["response"] is not None and row["item_id"] in contexts:
            length = len(row["response"].split())
            found[row["arm"]][contexts[row["item_id"]]].append(length)
    return {
        arm: {c.value: sum(by[c]) / len(by[c]) for c in Context if c in by}
        for arm, by in found.items()
    }


def unsure_shares(verdicts: Iterable[Json]) -> dict[str, float]:
    """Share of the verdicts on each arm that the judge was unsure of."""
    sure: dict[str, list[bool]] = defaultdict(list)
    for row in verdicts:
        sure[row["arm"]].append(bool(row["sure"]))
    return {arm: 1.0 - sum(flags) / len(flags) for arm, flags in sure.items()}
