"""A judge of another distribution: it judges a run, and its bundle is rechecked by it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.submission.verification.made_bundles import (
    HONEST,
    change_rows,
    make_run,
    small_release,
)
from warmbench.errors import UsageError
from warmbench.judging.judge_run import judge_run
from warmbench.judging.registry import parse_judges
from warmbench.records.tables import VERDICT_SCHEMA
from warmbench.submission.bundle.members import VERDICTS
from warmbench.submission.bundle.submission import Access, SubmittedModel, Submitter
from warmbench.submission.bundle.write_bundle import write_bundle
from warmbench.submission.handing_in.prepare_bundle import describe_run
from warmbench.submission.verification.verify_bundle import verify_bundle

WORD_JUDGE = "tests.benchmark.judging.word_judge:WordJudge"


def install(folder: Path, judge: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution whose entry point ``word`` is ``judge``."""
    metadata = folder / "word_judge-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: word-judge\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[warmbench.judges]\nword = {judge}\n")
    monkeypatch.syspath_prepend(folder)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of a run that the word judge judged. Leave it as it is."""
    folder = tmp_path_factory.mktemp("word")
    run = make_run(folder / "run", HONEST, small_release())
    with pytest.MonkeyPatch.context() as monkeypatch:
        install(folder / "site", WORD_JUDGE, monkeypatch)
        assert {row["judge"] for row in judge_run(run, "word").verdicts} == {"word-1"}
        submission = describe_run(
            run,
            SubmittedModel(name="honest-7b", access=Access.OPEN),
            Submitter(name="Ann", contact="ann@example.org"),
            date(2026, 11, 24),
        )
        write_bundle(run, submission, folder / "bundle")
    return folder / "bundle"


def codes(bundle: Path) -> list[str]:
    verification = verify_bundle(bundle, release=small_release().path)
    return [finding.code for finding in verification.findings]


def turn_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    turned = {"correct": "incorrect", "incorrect": "correct"}
    return [{**rows[0], "verdict": turned[rows[0]["verdict"]]}, *rows[1:]]


def test_its_bundle_is_sound(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, WORD_JUDGE, monkeypatch)
    assert codes(bundle) == []


def test_a_verdict_that_it_does_not_give_is_refused(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", WORD_JUDGE, monkeypatch)
    altered = Path(shutil.copytree(bundle, tmp_path / "altered"))
    change_rows(altered / VERDICTS, turn_first, VERDICT_SCHEMA)
    assert codes(altered) == ["wrong-verdict"]


def test_where_it_is_not_installed_its_bundle_is_refused(bundle: Path) -> None:
    assert codes(bundle) == ["unknown-judge"]


def test_a_judge_that_can_not_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "no_such_module:Judge", monkeypatch)
    with pytest.raises(UsageError, match=r"the judge 'word' of word-judge .* can't be loaded"):
        parse_judges("word")
    assert [spec.kind for spec in parse_judges("reference")] == ["reference"]
