"""The process that examines: it may die, hang or swell, and who asked goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.submission.verification.made_bundles import small_release
from tests.leaderboard.store.stores import put_bundle, put_studies
from tests.leaderboard.workers.scripted import DONE, SWELLS, scripted
from warmbench_leaderboard.index.submission_verifier import WorkerExaminer
from warmbench_leaderboard.index.verified_folder import read_outcome
from warmbench_leaderboard.store.local_store import LocalShelf
from warmbench_leaderboard.store.submission_store import Kind, Shelved
from warmbench_leaderboard.workers.limits import WorkLimits
from warmbench_leaderboard.workers.stopped_work import Cancelled

SOME = Shelved(Kind.BUNDLE, "some", "bundles/some", "0" * 64)

BAD: list[tuple[str, tuple[str, ...], str]] = [
    ("dies", ("os._exit(1)",), "not-checkable"),
    ("hangs", ("import time", "time.sleep(600)"), "too-slow"),
    ("swells", SWELLS, "not-checkable"),
    ("leaves nothing", (DONE, "sys.stdin.readline()"), "not-checkable"),
    ("chatters", ("print('{}', flush=True)", "sys.stdin.readline()"), "not-checkable"),
]


@pytest.mark.parametrize(("name", "lines", "code"), BAD, ids=[each[0] for each in BAD])
def test_a_worker_that_comes_to_no_end_refuses_the_submission(
    tmp_path: Path, name: str, lines: tuple[str, ...], code: str
) -> None:
    limits = WorkLimits(time_s=2.0, memory_bytes=2**29)
    with WorkerExaminer(limits, command=scripted(*lines)) as examiner:
        outcome = examiner.examine(SOME, tmp_path, tmp_path / "out")
        assert outcome.refusal is not None
        assert outcome.refusal.code == code
        assert read_outcome(tmp_path / "out") == outcome
        again = examiner.examine(SOME, tmp_path, tmp_path / "again")  # by a new process
        assert again.refusal is not None
        assert again.refusal.code == code


def test_an_outcome_of_another_submission_is_not_taken(tmp_path: Path) -> None:
    lines = (
        "import json",
        f"os.mkdir({str(tmp_path / 'out')!r})",
        f"open({str(tmp_path / 'out' / 'outcome.json')!r}, 'w').write("
        "json.dumps({'submission': 'another'}))",
        DONE,
        "sys.stdin.readline()",
    )
    with WorkerExaminer(command=scripted(*lines)) as examiner:
        outcome = examiner.examine(SOME, tmp_path, tmp_path / "out")
    assert outcome.refusal is not None
    assert outcome.refusal.code == "not-checkable"


def test_it_can_be_called_off(tmp_path: Path) -> None:
    with (
        WorkerExaminer(cancelled=lambda: True, command=scripted(DONE)) as examiner,
        pytest.raises(Cancelled),
    ):
        examiner.examine(SOME, tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_real_worker_examines_a_study_and_a_bundle_within_its_memory(tmp_path: Path) -> None:
    put_studies(tmp_path, 1)
    put_bundle(tmp_path)
    listing = LocalShelf(tmp_path).listing()
    with WorkerExaminer(release=small_release().path) as examiner:
        found = [
            examiner.examine(each, tmp_path, tmp_path / "out" / each.name)
            for each in listing.submissions
        ]
    assert [outcome.refusal for outcome in found] == [None, None]
    assert [entry.model for outcome in found for entry in outcome.entries] == [
        "honest-7b",
        "GPT-4o-2024-08-06",
    ]
