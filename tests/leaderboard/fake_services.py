"""Services in memory: no rows, no network, no waiting."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warmbench.errors import OutputError
from warmbench.records.finding import Finding
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench.submission.verification.bundle_verification import (
    STEPS,
    BundleVerification,
    Eligibility,
    Step,
    StepStatus,
)
from warmbench_leaderboard.services.protocols import QueuedRun, RequestedRun

__all__ = ["FakeRequestService", "FakeSubmissionService"]


@dataclass
class FakeSubmissionService:
    """A file that is a zip is sound; any other is refused. ``away``: the Hub can't be reached."""

    target: str = "org/warmbench-submissions"
    away: bool = False
    submitted: list[bytes] = field(default_factory=list)

    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        steps = tuple(_passed() if zipfile.is_zipfile(path) else _refused())
        for step in steps:
            on_step(step)
        sound = all(step.status is StepStatus.PASSED for step in steps)
        eligibility = {"warm": Eligibility(ranked=True)} if sound else {}
        return BundleVerification(str(path), None, steps, None, eligibility)

    def open_pull_request(self, path: Path) -> str:
        if self.away:
            raise OutputError("the Hub can't be reached; nothing was submitted, try again later")
        content = path.read_bytes()
        if content not in self.submitted:
            self.submitted.append(content)
        number = self.submitted.index(content) + 1
        return f"https://hub.example/datasets/{self.target}/discussions/{number}"


def _passed() -> Sequence[Step]:
    return [Step(name, StepStatus.PASSED, note="as claimed") for name in STEPS]


def _refused() -> Sequence[Step]:
    text = "is not a zip file <img src=x onerror=alert(1)>"
    finding = Finding(next(iter(RejectionCode)), "bundle.zip", text)
    first, *others = STEPS
    skipped = [Step(name, StepStatus.SKIPPED) for name in others]
    return [Step(first, StepStatus.FAILED, (finding,)), *skipped]


@dataclass
class FakeRequestService:
    """A queue that refuses duplicates."""

    runs: list[QueuedRun] = field(default_factory=list)

    def check(self, run: RequestedRun) -> Sequence[str]:
        if (run.original, run.warm) in {(queued.original, queued.warm) for queued in self.runs}:
            return [f"{run.original} is already in the queue."]
        return []

    def queue(self, run: RequestedRun) -> QueuedRun:
        number = f"r-{len(self.runs) + 1}"
        queued = QueuedRun(number, run.original, run.warm, "waiting", "2026-03-01", "")
        self.runs.append(queued)
        return queued

    def queued(self) -> Sequence[QueuedRun]:
        return tuple(self.runs)
