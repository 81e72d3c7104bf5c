"""Verifies bundles in a process of its own: what is too slow or too large for it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.records.finding import Finding
from warmbench.submission.verification.bundle_verification import (
    STEPS,
    BundleVerification,
    Step,
    StepStatus,
)
from warmbench.submission.verification.eligibility import Standing
from warmbench.text_safety import printable
from warmbench_leaderboard.workers.limits import WorkLimits
from warmbench_leaderboard.workers.stopped_work import StoppedWork
from warmbench_leaderboard.workers.worker import Worker, worker_command

__all__ = ["VERIFY_COMMAND", "VERIFY_LIMITS", "verify_in"]

VERIFY_COMMAND = worker_command("warmbench_leaderboard.workers.verify")

VERIFY_LIMITS = WorkLimits(time_s=900.0, memory_bytes=2**30)
"""The largest release with three arms and long answers takes 0.7 GiB, and minutes."""


class _Told(BaseModel):
    """What the process says: a step, or in the end the standings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Step | None = None
    standings: dict[str, Standing] | None = None


def verify_in(
    worker: Worker,
    path: Path,
    *,
    release: Path | None = None,
    known: Iterable[str] = (),
    on_step: Callable[[Step], None] = lambda step: None,
) -> BundleVerification:
    """As ``verify_bundle``, by a worker of ``VERIFY_COMMAND``; the rows and the scorecard stay
    there. A process that came to no end is a finding of the step that it was at.

    Raises ``RunError`` where the process does not start.
    """
    request = {
        "path": str(path.absolute()),
        "release": str(release.absolute()) if release else None,
        "known": sorted(known),
    }
    steps: list[Step] = []
    standings: Mapping[str, Standing] = {}
    try:
        for said in worker.replies(request):
            told = _told(said, steps)
            if told.step is not None:
                steps.append(told.step)
                on_step(told.step)
            standings = told.standings or standings
        if len(steps) < len(STEPS):
            raise StoppedWork.unreadable()
    except StoppedWork as error:
        standings = {}
        del steps[len(STEPS) - 1 :]
        name, *others = list(STEPS)[len(steps) :]
        finding = Finding(error.code, printable(path.name), error.text)
        broken_off = Step(name, StepStatus.FAILED, (finding,))
        for step in (broken_off, *(Step(other, StepStatus.SKIPPED) for other in others)):
            steps.append(step)
            on_step(step)
    return BundleVerification(str(path), None, tuple(steps), None, standings)


def _told(said: Mapping[str, Any], steps: Sequence[Step]) -> _Told:
    """Steps come in their order; the process may have been taken over by what it reads."""
    try:
        told = _Told.model_validate(said)
    except ValidationError:
        raise StoppedWork.unreadable() from None
    if told.step is not None and [*STEPS][len(steps) : len(steps) + 1] != [told.step.name]:
        raise StoppedWork.unreadable()
    return told
