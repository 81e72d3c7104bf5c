"""The result of verifying a bundle: each step, and what the bundle may claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from warmbench.records.finding import Finding
from warmbench.records.scorecard import Scorecard
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.rejection import RejectionCode

__all__ = ["STEPS", "BundleVerification", "Eligibility", "Step", "StepStatus"]

STEPS: Mapping[str, str] = {
    "read": "The files are whole, within limits and of the right form",
    "release": "The release is known",
    "rows": "Every item and prompt is answered, or failed, once in every arm",
    "sampling": "Every row belongs to the study as it is described",
    "verdicts": "Every answer has the verdict that its judge gives",
    "scorecard": "Every number follows from the rows",
    "eligibility": "The entry can be ranked",
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
class Eligibility:
    """Whether one treated arm may be ranked. ``code`` and ``reason`` (a sentence) say why not, the
    gravest first; ``flags`` are sentences on what else to mind."""

    ranked: bool
    code: RejectionCode | None = None
    reason: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleVerification:
    """``bundle`` is None where it can't be read; ``scorecard`` is the recomputed one, None where
    it was not come to; ``eligibility``: treated arm -> whether it may be ranked, empty for a bundle
    that is not sound."""

    target: str
    bundle: Bundle | None
    steps: tuple[Step, ...]
    scorecard: Scorecard | None = None
    eligibility: Mapping[str, Eligibility] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is wrong with it."""
        return tuple(
            finding
            for step in self.steps
            if step.name != "eligibility"
            for finding in step.findings
        )

    @property
    def is_sound(self) -> bool:
        """Whether everything that could be recomputed is as it says."""
        return bool(self.eligibility) and not self.findings

    @property
    def ranked(self) -> tuple[str, ...]:
        """The arms that may be ranked."""
        return tuple(arm for arm, each in self.eligibility.items() if each.ranked)

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
            "eligibility": {arm: asdict(each) for arm, each in self.eligibility.items()},
        }
