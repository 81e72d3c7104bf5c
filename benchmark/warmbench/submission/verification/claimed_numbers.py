"""Whether every number of a scorecard is the one that follows from the rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from warmbench.records.finding import Finding
from warmbench.submission.bundle.members import SCORECARD
from warmbench.submission.bundle.rejection_code import RejectionCode

__all__ = ["TOLERANCE", "number_findings"]

TOLERANCE = 1e-9
"""Relative, and in points: what the order of a sum can change."""

_NOT_COMPARED = frozenset({"warmbench_version", "citation", "question_sources", "tone_bias"})
"""What is no number, or tells of the package that wrote the scorecard and of its judge, not of the
rows: what is shown of these is always the recomputed scorecard's."""

_MOST = 20


def number_findings(claimed: Mapping[str, Any], recomputed: Mapping[str, Any]) -> list[Finding]:
    """A finding for each field that differs, with both values; at most 20."""
    findings = []
    for field, one, other in _differences(
        {name: value for name, value in claimed.items() if name not in _NOT_COMPARED},
        {name: value for name, value in recomputed.items() if name not in _NOT_COMPARED},
        "",
    ):
        text = f"claimed {one}, recomputed {other}"
        findings.append(Finding(RejectionCode.WRONG_NUMBER, f"{SCORECARD}, {field[:200]}", text))
        if len(findings) == _MOST:
            break
    return findings


def _differences(claimed: Any, recomputed: Any, field: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(claimed, Mapping) and isinstance(recomputed, Mapping):
        for name in sorted({*claimed, *recomputed}):
            place = f"{field}.{name}" if field else str(name)
            if name not in claimed:
                yield place, "nothing", _shown(recomputed[name])
            elif name not in recomputed:
                yield place, _shown(claimed[name]), "nothing"
            else:
                yield from _differences(claimed[name], recomputed[name], place)
    elif isinstance(claimed, list | tuple) and isinstance(recomputed, list | tuple):
        if len(claimed) != len(recomputed):
            yield field, f"{len(claimed):,} entries", f"{len(recomputed):,}"
            return
        for number, (one, other) in enumerate(zip(claimed, recomputed, strict=True)):
            yield from _differences(one, other, f"{field}.{number}")
    elif not _is_same(claimed, recomputed):
        yield field, _shown(claimed), _shown(recomputed)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return type(one) is type(other) and bool(one == other)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return f"{type(value).__name__} of {len(value):,}"
    return repr(value)[:80]
