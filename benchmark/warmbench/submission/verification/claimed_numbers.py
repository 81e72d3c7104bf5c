"""Whether every number that a scorecard claims is the one that follows from the rows.

Only what is claimed can be wrong. A number that a bundle lacks, because it is older than the number
or was made without the statistic, is recomputed all the same and shown. A key that is not known
here, because the bundle is newer or was made with a statistic of another package, is ignored, and
named. Of each arm the headline loss is always claimed: a bundle that says nothing of its result is
none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.records.finding import Finding
from warmbench.records.scorecard import Scorecard
from warmbench.submission.bundle.members import SCORECARD
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench.text_safety import printable

__all__ = ["TOLERANCE", "ClaimedNumbers", "check_claimed_numbers"]

TOLERANCE = 1e-9
"""Relative, and in points: what the order of a sum can change."""

_NOT_COMPARED = frozenset(
    {
        "warmbench_version",
        "citation",
        "question_sources",
        "request_forms",
        "tone_bias",
        "judge_check",
    }
)
"""What is not a number of the rows, but tells of the package that wrote the scorecard, of its
judge and of the endpoint: what is shown of these is always the recomputed scorecard's."""

_LABEL = "method"
"""The key of an estimate that says in words how its interval was made."""

_REQUIRED = frozenset(
    {
        "schema_version",
        "metric_version",
        "treated",
        "treated.*.arm",
        "treated.*.headline",
        "treated.*.headline.loss",
        "treated.*.headline.loss.value",
    }
)

_MOST_FINDINGS = 20
_MOST_NAMES = 5
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class ClaimedNumbers:
    """``findings``: what is claimed otherwise than it is, at most 20. ``unknown``: the keys that
    were ignored, as dotted names."""

    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]

    @property
    def note(self) -> str:
        """``ignored 2 keys that are not known here: bonus, treated.0.flips``; empty for none."""
        if not self.unknown:
            return ""
        noun = "1 key" if len(self.unknown) == 1 else f"{len(self.unknown):,} keys"
        names = ", ".join(printable(name) for name in self.unknown[:_MOST_NAMES])
        more = ", ..." if len(self.unknown) > _MOST_NAMES else ""
        return f"ignored {noun} not known here: {names}{more}"


@dataclass(frozen=True, slots=True)
class _Difference:
    field: str
    claimed: str
    recomputed: str


def check_claimed_numbers(claimed: Mapping[str, Any], recomputed: Scorecard) -> ClaimedNumbers:
    """Hold ``scorecard.json`` of a bundle against the scorecard that its rows give."""
    unknown: list[str] = []
    findings = []
    for found in _differences(claimed, recomputed.to_json(), "", "", unknown):
        text = f"claimed {found.claimed}, recomputed {found.recomputed}"
        where = f"{SCORECARD}, {found.field[:_LONGEST]}"
        findings.append(Finding(RejectionCode.WRONG_NUMBER, where, text))
        if len(findings) == _MOST_FINDINGS:
            break
    return ClaimedNumbers(tuple(findings), tuple(unknown))


def _differences(
    claimed: Any, recomputed: Any, field: str, pattern: str, unknown: list[str]
) -> Iterator[_Difference]:
    """``pattern``: ``field`` with ``*`` for each position in a list. Keys that ``recomputed`` lacks
    are added to ``unknown``, and nothing below them is looked at."""
    if isinstance(claimed, Mapping) and isinstance(recomputed, Mapping):
        unknown.extend(
            _inside(field, name)[:_LONGEST] for name in claimed if name not in recomputed
        )
        for name, value in recomputed.items():
            place, kind = _inside(field, name), _inside(pattern, name)
            if name in claimed and not (name == _LABEL or kind in _NOT_COMPARED):
                yield from _differences(claimed[name], value, place, kind, unknown)
            elif name not in claimed and kind in _REQUIRED:
                yield _Difference(place, "nothing", _shown(value))
    elif isinstance(claimed, list) and isinstance(recomputed, list):
        if len(claimed) != len(recomputed):
            yield _Difference(field, f"{len(claimed):,} entries", f"{len(recomputed):,}")
            return
        kind = _inside(pattern, "*")
        for number, (one, other) in enumerate(zip(claimed, recomputed, strict=True)):
            yield from _differences(one, other, _inside(field, str(number)), kind, unknown)
    elif not _is_same(claimed, recomputed):
        yield _Difference(field, _shown(claimed), _shown(recomputed))


def _inside(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return type(one) is type(other) and bool(one == other)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"an object of {len(value):,}"
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    return repr(value)[:80]
