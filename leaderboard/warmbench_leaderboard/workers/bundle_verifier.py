"""Verifies a bundle in a worker; a bundle that is too slow or too large for it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.records.finding import Finding
from warmbench.submission.verification.bundle_verification import (
    STEPS,
    BundleVerification,
    Eligibility,
    Step,
    StepStatus,
)
from warmbench.text_safety import printable
from warmbench_leaderboard.workers.worker import Worker, WorkerError, WorkLimits, worker_command

__all__ = ["VERIFY_COMMAND", "VERIFY_LIMITS", "verify_in_worker"]

VERIFY_COMMAND = worker_command("warmbench_leaderboard.workers.verify")

VERIFY_LIMITS = WorkLimits(time_s=900.0, memory_bytes=5 * 2**28)
"""The largest release with three arms and long answers takes 0.9 GiB, and minutes."""


class _Message(BaseModel):
    """A step, or at the end which arms may be ranked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step: Step | None = None
    eligibility: dict[str, Eligibility] | None = None


def verify_in_worker(
    worker: Worker,
    path: Path,
    *,
    release: Path | None = None,
    known: Iterable[str] = (),
    on_step: Callable[[Step], None] = lambda step: None,
) -> BundleVerification:
    """``verify_bundle`` in a worker of ``VERIFY_COMMAND``; rows and scorecard stay there. Where the
    worker fails, the step that it was in fails.

    Raises ``RunError`` where the process does not start.
    """
    request = {
        "path": str(path.absolute()),
        "release": str(release.absolute()) if release else None,
        "known": sorted(known),
    }
    steps: list[Step] = []
    eligibility: Mapping[str, Eligibility] = {}
    try:
        for received in worker.messages(request):
            message = _parse(received, steps)
            if message.step is not None:
                steps.append(message.step)
                on_step(message.step)
            eligibility = message.eligibility or eligibility
        if len(steps) < len(STEPS):
            raise WorkerError.unreadable()
    except WorkerError as error:
        eligibility = {}
        del steps[len(STEPS) - 1 :]
        name, *others = list(STEPS)[len(steps) :]
        finding = Finding(error.code, printable(path.name), error.text)
        failed = Step(name, StepStatus.FAILED, (finding,))
        for step in (failed, *(Step(other, StepStatus.SKIPPED) for other in others)):
            steps.append(step)
            on_step(step)
    return BundleVerification(str(path), None, tuple(steps), None, eligibility)


def _parse(received: Mapping[str, Any], steps: Sequence[Step]) -> _Message:
    """Steps must come in their order: a bundle may have taken over the process."""
    try:
        message = _Message.model_validate(received)
    except ValidationError:
        raise WorkerError.unreadable() from None
    if message.step is not None and [*STEPS][len(steps) : len(steps) + 1] != [message.step.name]:
        raise WorkerError.unreadable()
    return message
