"""Bundles verified by another process: the same steps as here, and a code where it comes to no end."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.benchmark.submission.verification.made_bundles import honest_bundle, small_release
from tests.leaderboard.workers.scripted import DONE, SWELLS, scripted
from warmbench.submission.verification.bundle_verification import STEPS, Step, StepStatus
from warmbench.submission.verification.verify_bundle import verify_bundle
from warmbench_leaderboard.workers.bundle_verifier import (
    VERIFY_COMMAND,
    VERIFY_LIMITS,
    verify_in_worker,
)
from warmbench_leaderboard.workers.worker import Worker, WorkLimits

LIMITS = WorkLimits(time_s=2.0, memory_bytes=2**29)
MEMORY = 500 * 2**20


def test_it_says_what_is_said_here_and_stays_small() -> None:
    release, told = small_release().path, list[Step]()
    with Worker(VERIFY_COMMAND, VERIFY_LIMITS) as worker:
        found = verify_in_worker(worker, honest_bundle(), release=release, on_step=told.append)
        assert worker.cost is not None
        if sys.platform == "linux":
            assert 2**20 < (worker.cost.peak_bytes or 0) < MEMORY
        imitated = verify_in_worker(worker, honest_bundle(), release=release, known=["h0nest-7B"])
    here = verify_bundle(honest_bundle(), release=release)
    assert found.steps == here.steps == tuple(told)
    assert found.eligibility == here.eligibility
    assert found.is_sound
    assert found.ranked == ("warm",)
    assert found.bundle is None
    assert [finding.code for finding in imitated.findings] == ["lookalike"]


def said(*steps: Step, eligibility: bool = False) -> tuple[str, ...]:
    """A process that tells these steps, and that it found all in order."""
    lines = [
        json.dumps({"step": {"name": s.name, "status": s.status, "note": s.note}}) for s in steps
    ]
    if eligibility:
        lines.append(json.dumps({"eligibility": {"warm": {"ranked": True}}}))
    return tuple(f"print({line!r}, flush=True)" for line in lines)


PASSED = tuple(Step(name, StepStatus.PASSED) for name in STEPS)
FIRST, SECOND, THIRD, *_ = STEPS
LAST = list(STEPS)[-1]

BROKEN: list[tuple[str, tuple[str, ...], str, str]] = [
    ("dies at once", ("os._exit(1)",), FIRST, "not-checkable"),
    ("swells", SWELLS, FIRST, "not-checkable"),
    ("hangs in the second step",
     (*said(PASSED[0]), "import time", "time.sleep(600)"), SECOND, "too-slow"),
    ("dies when all is done", (*said(*PASSED, eligibility=True), "os._exit(1)"), LAST,
     "not-checkable"),
    ("leaves steps out", (*said(PASSED[0], *PASSED[2:], eligibility=True), DONE), SECOND,
     "not-checkable"),
    ("says only that it is sound", (*said(eligibility=True), DONE), FIRST, "not-checkable"),
    ("stops short", (*said(*PASSED[:2]), DONE), THIRD, "not-checkable"),
    ("tells of a step that is none", (*said(Step("evil", StepStatus.PASSED)), DONE), FIRST,
     "not-checkable"),
    ("tells too much", (*said(*PASSED, PASSED[0], eligibility=True), DONE), LAST, "not-checkable"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lines", "step", "code"), BROKEN, ids=[each[0] for each in BROKEN]
)
def test_what_comes_to_no_end_is_refused_in_its_step(
    name: str, lines: tuple[str, ...], step: str, code: str
) -> None:
    with Worker(scripted(*lines), LIMITS) as worker:
        found = verify_in_worker(worker, Path("some.zip"))
    assert [each.name for each in found.steps] == list(STEPS)
    assert [(s.name, f.code) for s in found.steps for f in s.findings] == [(step, code)]
    later = found.steps[list(STEPS).index(step) + 1 :]
    assert all(each.status is StepStatus.SKIPPED for each in later)
    assert not found.is_sound
    assert found.ranked == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its data")
def test_the_real_one_is_held_to_its_memory() -> None:
    with Worker(VERIFY_COMMAND, WorkLimits(time_s=60.0, memory_bytes=140 * 2**20)) as worker:
        found = verify_in_worker(worker, honest_bundle(), release=small_release().path)
    assert {f.code for s in found.steps for f in s.findings} <= {"too-much-memory", "not-checkable"}
    assert not found.is_sound
