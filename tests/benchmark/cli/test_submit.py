"""``warmbench submit`` and ``warmbench verify BUNDLE`` as a person runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.submission.handing_in.hub import REPO, named_bundle, submissions_hub
from tests.benchmark.submission.verification.made_bundles import (
    HONEST,
    change_json,
    honest_bundle,
    make_run,
    small_release,
)
from warmbench.cli.main import main
from warmbench.running.folder import RunFolder
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench.submission.handing_in.prepare_bundle import put_in_folder

WHO = ["--model-name", "honest-7b", "--access", "open", "--parameters-b", "7", "--submitter", "Ann",
       "--contact", "ann@example.org", "--date", "2026-11-24"]  # fmt: skip


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@cache
def run() -> Path:
    """A finished run on the small release. Leave its rows as they are."""
    return make_run(Path(mkdtemp(prefix="warmbench-run-")) / "run", HONEST, small_release()).path


def submit(*arguments: object, who: list[str] = WHO) -> Result:
    return warmbench("submit", run(), *who, "--release", small_release().path, *arguments)


def verify(target: Path, *arguments: object) -> Result:
    return warmbench("verify", target, "--release", small_release().path, *arguments)


def test_a_dry_run_shows_what_will_be_public_and_puts_nothing(tmp_path: Path) -> None:
    done = submit("--dry-run")
    assert done.exit_code == 0, done.output
    for words in ("Every number follows from the rows", "What will be public", "responses.jsonl",
                  "ann@example.org", "warmth gain", "the warm arm can be ranked",
                  "Nothing was submitted"):  # fmt: skip
        assert words in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_and_a_zip_are_written_and_verify(tmp_path: Path) -> None:
    assert submit("--out", tmp_path / "bundle").exit_code == 0
    assert submit("--out", tmp_path / "bundle.zip", "--zip").exit_code == 0
    assert read_bundle(tmp_path / "bundle") == read_bundle(tmp_path / "bundle.zip")
    for target in (tmp_path / "bundle", tmp_path / "bundle.zip"):
        done = verify(target)
        assert done.exit_code == 0, done.output
        assert "sound; the warm arm can be ranked" in done.output


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        assert submit("--out", tmp_path / name, "--zip").exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_into_a_submissions_folder_once(tmp_path: Path) -> None:
    (tmp_path / "submissions").mkdir()
    for _ in range(2):
        done = submit("--into", tmp_path / "submissions", "--json")
        assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    (folder,) = (tmp_path / "submissions" / "bundles").iterdir()
    assert folder.name == found["bundle"] == f"honest-7b-fine-tune-{found['fingerprint'][:8]}"
    assert found["put"] == {"done": "written", "where": str(folder)}
    assert found["verification"]["eligibility"]["warm"]["ranked"] is True
    assert set(found["files"]) == {path.name for path in folder.iterdir()}


def test_a_pull_request_on_the_hub(tmp_path: Path) -> None:
    with submissions_hub(tmp_path / "hub") as submissions:
        command = [sys.executable, "-m", "warmbench", "submit", str(run()), *WHO, "--repo", REPO,
                   "--release", str(small_release().path), "--json"]  # fmt: skip
        token = submissions.hub.token("ann")
        environment = submissions.hub.environment(tmp_path / "home", token)
        done = [
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            for _ in range(2)
        ]
        first, again = (json.loads(one.stdout)["put"] for one in done)
        assert first["done"] == "pull request opened"
        assert again == {"done": "pull request is open", "where": first["where"]}
        assert len(submissions.titles()) == 1
        assert token not in "".join(one.stdout + one.stderr for one in done)


USAGE = [
    ("no place", [], "give one of --out, --into and --repo, or --dry-run; found none"),
    ("two places", ["--out", "x", "--repo", "a/b"], "found --out and --repo"),
    ("zip of nothing", ["--zip", "--dry-run"], "--zip goes with --out"),
    ("not a page", ["--url", "http://x.org", "--dry-run"], "url: String should match pattern"),
    ("no size", ["--parameters-b", "-1", "--dry-run"], "parameters_b: Input should be greater"),
    ("no submissions", ["--into", "nowhere"], "nowhere: no such folder"),
    ("no day", ["--date", "tomorrow", "--dry-run"], "does not match the format"),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), USAGE, ids=[u[0] for u in USAGE])
def test_bad_input_gets_a_sentence_and_exit_2(
    name: str, arguments: list[str], expected: str
) -> None:
    done = submit(*arguments)
    assert done.exit_code == 2
    assert expected in done.output
    assert "Traceback" not in done.output


def test_what_exists_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    done = submit("--out", tmp_path / "mine")
    assert done.exit_code == 2
    assert "exists and is not empty; give a new folder" in done.output
    assert "--replace" not in done.output
    (tmp_path / "mine.zip").write_text("x")
    again = submit("--out", tmp_path / "mine.zip")
    assert again.exit_code == 2
    assert "already exists; choose another name for --out" in again.output
    assert (tmp_path / "mine.zip").read_text() == "x"
    (tmp_path / "mine.zip").unlink()
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_name_that_misleads_is_refused(tmp_path: Path) -> None:
    who = ["--model-name", "Llama-3.1-8b-Instruct", *WHO[2:]]
    done = submit("--out", tmp_path / "b", who=who)
    assert done.exit_code == 1
    assert "looks like 'Llama-3.1-8B-Instruct'" in done.output
    assert not (tmp_path / "b").exists()


def test_a_name_like_one_among_the_submissions_is_refused(tmp_path: Path) -> None:
    put_in_folder(named_bundle("Honest 7B"), tmp_path)
    done = submit("--into", tmp_path)
    assert done.exit_code == 1
    assert "'honest-7b' looks like 'Honest 7B'" in done.output
    assert len(list((tmp_path / "bundles").iterdir())) == 1


def test_names_that_cannot_be_looked_up_stop_nothing(tmp_path: Path) -> None:
    """There is no such repository; a dry run asks for nothing else there."""
    with submissions_hub(tmp_path / "hub") as submissions:
        command = [sys.executable, "-m", "warmbench", "submit", str(run()), *WHO, "--dry-run",
                   "--repo", "bench/nothing", "--release", str(small_release().path)]  # fmt: skip
        environment = submissions.hub.environment(tmp_path / "home")
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "the names of the models there were not read" in done.stderr
    assert "Nothing was submitted" in done.stdout


def _copy(folder: Path) -> RunFolder:
    shutil.copytree(run(), folder)
    return RunFolder.open(folder)


def test_an_incomplete_run_is_refused(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    broken = _copy(tmp_path / "run")
    table = pq.read_table(broken.responses_path)
    pq.write_table(table.slice(5), broken.responses_path)
    done = warmbench("submit", broken.path, *WHO, "--dry-run")
    assert done.exit_code == 2
    assert "5 of 480 answers to items are missing" in done.output


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("selection", "limit"), 3, "covers only part"),
        (("selection", "tasks"), ["medqa"], "covers only part"),
        (("release", "version"), None, "your own questions"),
    ],
)
def test_a_run_of_a_part_is_refused(
    path: tuple[str, str], value: object, expected: str, tmp_path: Path
) -> None:
    partial = _copy(tmp_path / "run")
    change_json(partial.record_path, lambda record: record[path[0]].update({path[1]: value}))
    done = warmbench("submit", partial.path, *WHO, "--dry-run")
    assert done.exit_code == 2
    assert expected in done.output


def test_a_bundle_that_was_changed_is_refused_by_name(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(honest_bundle(), bundle)
    change_json(bundle / "scorecard.json", lambda card: card.update(complete=False))
    done = verify(bundle)
    assert done.exit_code == 1
    assert "scorecard.json, complete: claimed False, recomputed True [wrong-number]" in done.output
    assert "refused (wrong-number)" in done.output
    found = json.loads(verify(bundle, "--json").stdout)
    assert (found["sound"], found["findings"][0]["code"]) == (False, "wrong-number")


def test_what_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(os.urandom(99))
    done = verify(tmp_path / "x.zip")
    assert done.exit_code == 1
    assert "[bad-zip]" in done.output
    assert "--against needs a release" in verify(tmp_path / "x.zip", "--against", "open").output
    assert warmbench("verify", "open", "--judge", "llm:ct2:reference").exit_code == 2
