"""The statistics of a scorecard: each a function of one arm's paired verdicts.

A statistic takes ``PairedVerdicts`` and returns an ``Estimate``, a mapping of names to estimates,
or None where the rows can't give it. What is registered stands in every scorecard, and from there
in ``warmbench score`` and the report. Another distribution registers its own by an entry
point::

    [project.entry-points."warmbench.statistics"]
    flips = "my_package.flips:flips"

A bundle without it stays sound: a number that is not claimed can't be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import cast

from pydantic import TypeAdapter, ValidationError

from warmbench.errors import RunError, UsageError, first_problem
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore
from warmbench.registry import Registry
from warmbench.statistics.pairs import PairedVerdicts

__all__ = ["STATISTICS", "Found", "Statistic", "compute_statistics", "statistics"]

STATISTICS: dict[str, str] = {
    "bootstrap": "warmbench.statistics.bootstrap:bootstrap",
    "closing": "warmbench.statistics.closing:stated_answers",
    "corrected": "warmbench.statistics.judge_error.corrected:corrected",
    "replies": "warmbench.statistics.replies:reply_differences",
    "sensitivity": "warmbench.statistics.sensitivity:sensitivity",
    "sycophancy": "warmbench.statistics.sycophancy:sycophancy",
}
"""Name -> ``module:function``."""

_REGISTRY = Registry("statistic", "warmbench.statistics", STATISTICS)

Found = Estimate | Mapping[str, Estimate | None] | None
Statistic = Callable[[PairedVerdicts], Found]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FOUND: TypeAdapter[Estimate | dict[str, Estimate | None] | None] = TypeAdapter(
    Estimate | dict[str, Estimate | None] | None
)


def statistics() -> dict[str, Statistic]:
    """Every registered statistic: our own, then those of other distributions by name.

    Raises ``UsageError`` for one of those that can't be loaded, or whose name is taken or not
    plain.
    """
    return {name: _loaded(name) for name in _REGISTRY.names()}


def compute_statistics(
    pairs: PairedVerdicts,
) -> dict[str, Estimate | dict[str, Estimate | None] | None]:
    """Each registered statistic of one arm, by name.

    Raises ``RunError`` for one that fails, or that returns anything but finite estimates.
    """
    return {name: _compute(name, function, pairs) for name, function in statistics().items()}


def _compute(
    name: str, function: Statistic, pairs: PairedVerdicts
) -> Estimate | dict[str, Estimate | None] | None:
    try:
        found = function(pairs)
    except Exception as error:  # it may be anybody's code
        raise RunError(f"the statistic {name!r} failed: {type(error).__name__}: {error}") from error
    try:
        return _FOUND.validate_python(dict(found) if isinstance(found, Mapping) else found)
    except ValidationError as error:
        raise RunError(
            f"the statistic {name!r} returned {type(found).__name__}; expected an Estimate, a "
            f"mapping of names to estimates, or None ({first_problem(error)})"
        ) from None


def _loaded(name: str) -> Statistic:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} ({_REGISTRY.source(name)}) can't name a statistic: use lower-case letters, "
            "digits and underscores, at most 40"
        )
    if name in ArmScore.model_fields and name not in STATISTICS:
        raise UsageError(f"the statistic {name!r} of {_REGISTRY.source(name)}: the name is taken")
    return cast(Statistic, _REGISTRY.load(name))
