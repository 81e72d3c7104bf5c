"""Desks in memory: what they are told they tell again, with no rows, no network, no waiting."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warmbench.errors import OutputError
from warmbench.records.finding import Finding
from warmbench.submission.bundle.rejection_code import RejectionCode
from warmbench.submission.verification.bundle_verification import (
    STEPS,
    BundleVerification,
    Step,
    StepStatus,
)
from warmbench.submission.verification.eligibility import Standing
from warmbench_leaderboard.services.protocols import AskedRun, QueuedRun

__all__ = ["FakeRequestDesk", "FakeSubmissionDesk"]


@dataclass
class FakeSubmissionDesk:
    """A file that is a zip is sound; any other is refused. ``away``: the Hub can't be reached."""

    target: str = "org/warmbench-submissions"
    away: bool = False
    handed_in: list[bytes] = field(default_factory=list)

    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        steps = tuple(_passed() if zipfile.is_zipfile(path) else _refused())
        for step in steps:
            on_step(step)
        sound = all(step.status is StepStatus.PASSED for step in steps)
        standings = {"warm": Standing(ranked=True)} if sound else {}
        return BundleVerification(str(path), None, steps, None, standings)

    def open_pull_request(self, path: Path) -> str:
        if self.away:
            raise OutputError("the Hub can't be reached; nothing was handed in, try again later")
        content = path.read_bytes()
        if content not in self.handed_in:
            self.handed_in.append(content)
        number = self.handed_in.index(content) + 1
        return f"https://hub.example/datasets/{self.target}/discussions/{number}"


def _passed() -> Sequence[Step]:
    return [Step(name, StepStatus.PASSED, note="as it says") for name in STEPS]


def _refused() -> Sequence[Step]:
    text = "is no zip file <img src=x onerror=alert(1)>"
    finding = Finding(next(iter(RejectionCode)), "bundle.zip", text)
    first, *others = STEPS
    skipped = [Step(name, StepStatus.SKIPPED) for name in others]
    return [Step(first, StepStatus.FAILED, (finding,)), *skipped]


@dataclass
class FakeRequestDesk:
    """A queue that refuses what is in it already."""

    queued: list[QueuedRun] = field(default_factory=list)

    def check(self, asked: AskedRun) -> Sequence[str]:
        known = {(run.original, run.warm) for run in self.queued}
        if (asked.original, asked.warm) in known:
            return [f"{asked.original} is in the queue already."]
        return []

    def queue(self, asked: AskedRun) -> QueuedRun:
        number = f"r-{len(self.queued) + 1}"
        run = QueuedRun(number, asked.original, asked.warm, "waiting", "2026-03-01", "")
        self.queued.append(run)
        return run

    def listed(self) -> Sequence[QueuedRun]:
        return tuple(self.queued)
