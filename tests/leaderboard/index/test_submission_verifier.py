"""The process that verifies: it may die, hang or swell, and who asked goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.submission.verification.made_bundles import small_release
from tests.leaderboard.store.stores import put_bundle, put_studies
from tests.leaderboard.workers.scripted import DONE, SWELLS, scripted
from warmbench_leaderboard.index.submission_result import read_result
from warmbench_leaderboard.index.submission_verifier import WorkerSubmissionVerifier
from warmbench_leaderboard.store.local_store import LocalSubmissionStore
from warmbench_leaderboard.store.submission_store import StoredSubmission, SubmissionKind
from warmbench_leaderboard.workers.worker import Cancelled, WorkLimits

SOME = StoredSubmission(SubmissionKind.BUNDLE, "some", "bundles/some", "0" * 64)

BAD: list[tuple[str, tuple[str, ...], str]] = [
    ("dies", ("os._exit(1)",), "not-checkable"),
    ("hangs", ("import time", "time.sleep(600)"), "too-slow"),
    ("swells", SWELLS, "not-checkable"),
    ("leaves nothing", (DONE, "sys.stdin.readline()"), "not-checkable"),
    ("chatters", ("print('{}', flush=True)", "sys.stdin.readline()"), "not-checkable"),
]


@pytest.mark.parametrize(("name", "lines", "code"), BAD, ids=[each[0] for each in BAD])
def test_a_worker_that_fails_refuses_the_submission(
    tmp_path: Path, name: str, lines: tuple[str, ...], code: str
) -> None:
    limits = WorkLimits(time_s=2.0, memory_bytes=2**29)
    with WorkerSubmissionVerifier(limits, command=scripted(*lines)) as verifier:
        result = verifier.verify(SOME, tmp_path, tmp_path / "out")
        assert result.refusal is not None
        assert result.refusal.code == code
        assert read_result(tmp_path / "out") == result
        again = verifier.verify(SOME, tmp_path, tmp_path / "again")  # by a new process
        assert again.refusal is not None
        assert again.refusal.code == code


def test_a_result_of_another_submission_is_not_accepted(tmp_path: Path) -> None:
    lines = (
        "import json",
        f"os.mkdir({str(tmp_path / 'out')!r})",
        f"open({str(tmp_path / 'out' / 'result.json')!r}, 'w').write("
        "json.dumps({'submission': 'another'}))",
        DONE,
        "sys.stdin.readline()",
    )
    with WorkerSubmissionVerifier(command=scripted(*lines)) as verifier:
        result = verifier.verify(SOME, tmp_path, tmp_path / "out")
    assert result.refusal is not None
    assert result.refusal.code == "not-checkable"


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    with (
        WorkerSubmissionVerifier(is_cancelled=lambda: True, command=scripted(DONE)) as verifier,
        pytest.raises(Cancelled),
    ):
        verifier.verify(SOME, tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_real_worker_verifies_a_study_and_a_bundle_within_its_memory(tmp_path: Path) -> None:
    put_studies(tmp_path, 1)
    put_bundle(tmp_path)
    listing = LocalSubmissionStore(tmp_path).listing()
    with WorkerSubmissionVerifier(release=small_release().path) as verifier:
        found = [
            verifier.verify(each, tmp_path, tmp_path / "out" / each.name)
            for each in listing.submissions
        ]
    assert [result.refusal for result in found] == [None, None]
    assert [entry.model for result in found for entry in result.entries] == [
        "honest-7b",
        "GPT-4o-2024-08-06",
    ]
