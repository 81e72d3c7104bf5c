"""The verification as a page shows it, and what is refused before it is read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaderboard.fake_services import FakeSubmissionService
from warmbench.submission.verification.bundle_verification import (
    STEPS,
    BundleVerification,
    Eligibility,
    Step,
    StepStatus,
)
from warmbench_leaderboard.site.forms.submit_form import (
    result_sentence,
    steps_html,
    verification_steps,
)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("submission.json", "{}")
    return path


def test_steps_come_one_by_one(sound: Path) -> None:
    found = list(verification_steps(FakeSubmissionService(), sound))
    assert [len(progress.steps) for progress in found] == [*range(len(STEPS) + 1), len(STEPS)]
    assert [progress.result is not None for progress in found] == [False] * (len(STEPS) + 1) + [
        True
    ]
    html = steps_html(found[2])
    assert html.count("passed") >= 2
    assert "running" in html
    assert "Sound and eligible for a rank (warm)" in steps_html(found[-1])


def test_what_a_file_says_of_itself_is_text(tmp_path: Path) -> None:
    path = tmp_path / "bad.zip"
    path.write_bytes(b"no zip")
    *_, last = verification_steps(FakeSubmissionService(), path)
    html = steps_html(last)
    assert "<img" not in html
    assert "&lt;img" in html
    assert "Refused" in html


class Busy(FakeSubmissionService):
    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        on_wait()
        return super().verify(path, on_step, on_wait)


def test_waiting_is_shown(sound: Path) -> None:
    found = list(verification_steps(Busy(), sound))
    assert [progress.is_waiting for progress in found] == [False, True, *[False] * (len(STEPS) + 1)]
    waiting = steps_html(found[1])
    assert "Yours starts as soon as one of them is done." in waiting
    assert "running" not in waiting
    assert "Yours starts" not in steps_html(found[2])


class Broken(FakeSubmissionService):
    def verify(
        self, path: Path, on_step: Callable[[Step], None], on_wait: Callable[[], None]
    ) -> BundleVerification:
        on_step(Step("read", StepStatus.PASSED))
        raise ZeroDivisionError


def test_a_fault_of_the_service_ends_the_steps(sound: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        list(verification_steps(Broken(), sound))


@pytest.mark.parametrize(
    ("eligibility", "sentence"),
    [
        ({}, "Refused, for the reason above."),
        ({"warm": False}, "Sound, but not eligible"),
        ({"warm": True}, "Sound and eligible"),
    ],
)
def test_the_result_is_a_sentence(eligibility: dict[str, bool], sentence: str) -> None:

    made = {arm: Eligibility(ranked=ranked) for arm, ranked in eligibility.items()}
    result = BundleVerification("x", None, (), None, made)
    assert result_sentence(result).startswith(sentence)
