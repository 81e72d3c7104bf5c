"""The service behind the submit form, with its real process: sound, hostile, and more than it takes."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.benchmark.submission.verification.made_bundles import honest_bundle, small_release
from tests.leaderboard.synthetic import synthetic_board
from warmbench.errors import UsageError
from warmbench.submission.verification.bundle_verification import (
    STEPS,
    BundleVerification,
    Step,
    StepStatus,
)
from warmbench_leaderboard.services.bundle_service import BundleService
from warmbench_leaderboard.services.protocols import InMemoryBoard
from warmbench_leaderboard.workers import worker
from warmbench_leaderboard.workers.worker import WorkLimits


def service(limits: WorkLimits | None = None) -> BundleService:
    source = InMemoryBoard(synthetic_board(3, seed=0), {})
    release = small_release().path
    return BundleService(source, "org/submissions", lambda b: b.folder_name, release, limits)


def verified(
    service: BundleService, path: Path, on_step: Callable[[Step], None] = lambda step: None
) -> BundleVerification:
    return service.verify(path, on_step, lambda: None)


def test_a_sound_bundle_is_verified_step_by_step_and_handed_in() -> None:
    told: list[Step] = []
    found = verified(service(), honest_bundle(), told.append)
    assert [step.name for step in told] == list(STEPS)
    assert found.steps == tuple(told)
    assert found.ranked == ("warm",)
    assert service().open_pull_request(honest_bundle()).startswith("honest-7b-fine-tune-")


def test_a_check_that_takes_too_long_is_a_refusal() -> None:
    found = verified(service(WorkLimits(time_s=0.001, memory_bytes=2**30)), honest_bundle())
    assert [finding.code for finding in found.findings] == ["too-slow"]
    assert [step.status for step in found.steps] == [StepStatus.FAILED] + [StepStatus.SKIPPED] * 6


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK nothing")
    found = verified(service(), tmp_path / "x.zip")
    assert [finding.code for finding in found.findings] == ["bad-zip"]
    with pytest.raises(UsageError, match="zip"):
        service().open_pull_request(tmp_path / "x.zip")


def test_only_two_are_verified_at_once_and_others_wait(tmp_path: Path) -> None:
    """Two are held at their first step; a third is told to wait, and is done when they go on."""
    one = service()
    begun, go_on, told = threading.Semaphore(0), threading.Event(), threading.Event()
    found: list[BundleVerification] = []

    def hold(step: Step) -> None:
        begun.release()
        go_on.wait()

    def verify(on_step: Callable[[Step], None], on_wait: Callable[[], None]) -> None:
        found.append(one.verify(honest_bundle(), on_step, on_wait))

    held = [threading.Thread(target=verify, args=(hold, lambda: None)) for _ in range(2)]
    for thread in held:
        thread.start()
    for _ in held:
        assert begun.acquire(timeout=120)
    third = threading.Thread(target=verify, args=(lambda step: None, told.set))
    third.start()
    assert told.wait(120)
    assert not found
    go_on.set()
    for thread in (*held, third):
        thread.join(timeout=120)
    assert [each.is_sound for each in found] == [True] * 3


def test_no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def popen(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(*args, **options))
        return started[-1]

    monkeypatch.setattr(
        worker, "subprocess", SimpleNamespace(**vars(subprocess) | {"Popen": popen})
    )
    verified(service(), honest_bundle())
    verified(service(WorkLimits(time_s=0.001, memory_bytes=2**30)), honest_bundle())
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)
