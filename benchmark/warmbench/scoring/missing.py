"""What a partial score lacks."""

from __future__ import annotations

from collections.abc import Mapping

from warmbench.records.scorecard import Coverage

__all__ = ["missing_text"]


def missing_text(coverage: Coverage, failures: Mapping[str, int], limit: int | None) -> str:
    """What a partial score lacks, in words. ``failures``: arm -> requests without an answer;
    ``limit``: the most questions of a task that were asked, None for all."""
    parts = []
    if coverage.missing_tasks:
        parts.append("no " + ", ".join(coverage.missing_tasks))
    if coverage.missing_cells:
        parts.append(f"{len(coverage.missing_cells)} of 27 conditions not asked")
    unanswered = sum(failures.values())
    if unanswered:
        parts.append(f"{unanswered:,} requests unanswered")
    if limit is not None:
        parts.append(f"at most {limit} questions a task")
    return "; ".join(parts) or "not all of a release was asked"
