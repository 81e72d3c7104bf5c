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
        "tone_bias_packaged",
        "judge_check",
    }
)
"""What is not a number of the rows, but tells of the package that wrote the scorecard, of its
judge and of the endpoint: what is shown of these is always the recomputed scorecard's."""

_OF_THE_CHECK = frozenset({"judge_figures", "treated.*.corrected", "treated.*.not_corrected"})
"""What follows from the rows and from a check of the judge. Compared where both scorecards are of
the same check: another version of the package brings another."""

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
    ours = recomputed.to_json()
    left_out = _NOT_COMPARED if _is_same_check(claimed, ours) else _NOT_COMPARED | _OF_THE_CHECK
    for found in _differences(claimed, ours, ("", ""), left_out, unknown):
        text = f"claimed {found.claimed}, recomputed {found.recomputed}"
        where = f"{SCORECARD}, {found.field[:_LONGEST]}"
        findings.append(Finding(RejectionCode.WRONG_NUMBER, where, text))
        if len(findings) == _MOST_FINDINGS:
            break
    return ClaimedNumbers(tuple(findings), tuple(unknown))


def _is_same_check(claimed: Mapping[str, Any], recomputed: Mapping[str, Any]) -> bool:
    """Whether the judge's figures in both are from one check, or there are none in either."""
    one, other = claimed.get("judge_figures"), recomputed.get("judge_figures")
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one is other
    names = ("judge", "release", "part", "answers", "questions")
    return all(one.get(name) == other.get(name) for name in names)


def _differences(
    claimed: Any,
    recomputed: Any,
    where: tuple[str, str],
    left_out: frozenset[str],
    unknown: list[str],
) -> Iterator[_Difference]:
    """``where``: the field, and the same with ``*`` for each position in a list; those in
    ``left_out`` are not compared. Keys that ``recomputed`` lacks are added to ``unknown``, and
    nothing below them is looked at."""
    field, pattern = where
    if isinstance(claimed, Mapping) and isinstance(recomputed, Mapping):
        unknown.extend(
            _inside(field, name)[:_LONGEST] for name in claimed if name not in recomputed
        )
        for name, value in recomputed.items():
            place = _inside(field, name), _inside(pattern, name)
            if name in claimed and not (name == _LABEL or place[1] in left_out):
                yield from _differences(claimed[name], value, place, left_out, unknown)
            elif name not in claimed and place[1] in _REQUIRED:
                yield _Difference(place[0], "nothing", _shown(value))
    elif isinstance(claimed, list) and isinstance(recomputed, list):
        if len(claimed) != len(recomputed):
            yield _Difference(field, f"{len(claimed):,} entries", f"{len(recomputed):,}")
            return
        kind = _inside(pattern, "*")
        for number, (one, other) in enumerate(zip(claimed, recomputed, strict=True)):
            place = _inside(field, str(number)), kind
            yield from _differences(one, other, place, left_out, unknown)
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
