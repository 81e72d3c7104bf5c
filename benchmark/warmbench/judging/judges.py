"""The judges, by name."""

from __future__ import annotations

from warmbench.errors import UsageError
from warmbench.judging.reference import ReferenceJudge
from warmbench.judging.verdict import Judge

__all__ = ["JUDGES", "open_judge"]

JUDGES: dict[str, type[ReferenceJudge]] = {"reference": ReferenceJudge}
"""The word after ``--judge`` -> the judge."""


def open_judge(name: str) -> Judge:
    """The judge that ``--judge`` names; raises ``UsageError`` for an unknown one."""
    if name not in JUDGES:
        raise UsageError(f"--judge {name!r}: judges are {', '.join(JUDGES)}")
    return JUDGES[name]()
