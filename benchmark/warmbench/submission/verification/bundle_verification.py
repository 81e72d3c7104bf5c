"""What came of verifying a bundle: step by step, with what it may claim in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from warmbench.records.finding import Finding
from warmbench.records.scorecard import Scorecard
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.verification.eligibility import Standing

__all__ = ["STEPS", "BundleVerification", "Step", "StepStatus"]

STEPS: Mapping[str, str] = {
    "read": "The files are whole, within limits and of the right form",
    "release": "The release is known",
    "rows": "Every item and prompt is answered once in every arm",
    "sampling": "Every row belongs to the study as it is described",
    "verdicts": "Every answer has the verdict that its judge gives",
    "scorecard": "Every number follows from the rows",
    "standing": "The entry can be ranked",
}
"""The steps in order, with what each says when it passed."""


class StepStatus(StrEnum):
    """``failed`` refuses the bundle; in the last step, it leaves it unranked."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``note``: what a person may want to know where nothing is wrong."""

    name: str
    status: StepStatus
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def title(self) -> str:
        return STEPS[self.name]


@dataclass(frozen=True, slots=True)
class BundleVerification:
    """``bundle`` is None where it can't be read; ``scorecard`` is the recomputed one, None where
    it was not come to; ``standings``: treated arm -> whether it may be ranked, empty for a bundle
    that is not sound."""

    target: str
    bundle: Bundle | None
    steps: tuple[Step, ...]
    scorecard: Scorecard | None = None
    standings: Mapping[str, Standing] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is wrong with it."""
        return tuple(
            finding for step in self.steps if step.name != "standing" for finding in step.findings
        )

    @property
    def is_sound(self) -> bool:
        """Whether everything that could be recomputed is as it says."""
        return bool(self.standings) and not self.findings

    @property
    def ranked(self) -> tuple[str, ...]:
        """The arms that may be ranked."""
        return tuple(arm for arm, standing in self.standings.items() if standing.ranked)

    def to_json(self) -> dict[str, Any]:
        """All of it, for other programs, without the rows and the scorecard."""
        bundle = self.bundle
        return {
            "target": self.target,
            "sound": self.is_sound,
            "fingerprint": bundle.fingerprint if bundle else None,
            "folder": bundle.folder_name if bundle else None,
            "steps": [{**asdict(step), "title": step.title} for step in self.steps],
            "findings": [asdict(finding) for finding in self.findings],
            "standings": {arm: asdict(standing) for arm, standing in self.standings.items()},
        }
