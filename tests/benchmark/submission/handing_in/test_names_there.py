"""Which models' names are found where a bundle is to go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmark.submission.handing_in.hub import named_bundle, small_bundle, submissions_hub
from warmbench.errors import UsageError
from warmbench.submission.handing_in.prepare_bundle import put_in_folder
from warmbench.submission.handing_in.pull_request import (
    names_in_folder,
    names_in_repo,
    open_pull_request,
)
from warmbench.text_safety import lookalike_of

LONG = "A-model-of-" + "many-" * 30 + "words"
THERE = ("Honest-7B", "Llama-3.1-8B", "fine-tune", LONG)

NAMES = [
    ("itself", "Honest-7B", "Honest-7B", None),
    ("other case", "honest-7b", "Honest-7B", "Honest-7B"),
    ("other signs", "Honest 7B", "Honest-7B", "Honest-7B"),
    ("other letters", "LIama_3.1-8B", "Llama-3.1-8B", "Llama-3.1-8B"),
    ("other script", "H\u043en\u0435st-7B", "Honest-7B", "Honest-7B"),
    ("named like a treatment", "Fine-Tune", "fine-tune", "fine-tune"),
    ("cut off in its folder's name", LONG.upper(), LONG, LONG),
    ("longer", "Honest-7B-instruct", None, None),
    ("shorter", "Honest", None, None),
]


@pytest.mark.parametrize(("case", "name", "found", "like"), NAMES, ids=[row[0] for row in NAMES])
def test_in_a_folder(
    tmp_path: Path, case: str, name: str, found: str | None, like: str | None
) -> None:
    for there in THERE:
        put_in_folder(named_bundle(there), tmp_path)
    names = names_in_folder(name, tmp_path)
    assert names == ({found} if found else set())
    assert lookalike_of(name, names) == like


def test_on_the_hub_what_is_merged_and_little_is_read(tmp_path: Path) -> None:
    with submissions_hub(tmp_path / "hub") as submissions:
        remote = submissions.repo()
        assert names_in_repo("honest-7b", remote) == frozenset()
        for number, name in enumerate((*THERE, "merged-never"), start=1):
            open_pull_request(named_bundle(name), remote)
            if name in THERE:
                submissions.merge(number)
        before = len(submissions.hub.requests)
        assert names_in_repo("honest-7b", remote) == {"Honest-7B"}
        assert names_in_repo("Merged-Never", remote) == frozenset()
        asked = [request.path for request in submissions.hub.requests[before:]]
        assert not any("llama" in path or "words" in path for path in asked)


DAMAGES = [
    ("no bundle", lambda folder: (folder / "submission.json").unlink()),
    ("no JSON", lambda folder: (folder / "submission.json").write_bytes(b"{")),
    ("no model", lambda folder: (folder / "submission.json").write_bytes(b"{}")),
    ("a link", lambda folder: (folder / "judging.json").symlink_to("/dev/zero")),
    ("too large", lambda folder: (folder / "submission.json").write_bytes(b" " * 2**20)),
]


@pytest.mark.parametrize(("case", "damage"), DAMAGES, ids=[row[0] for row in DAMAGES])
def test_what_is_no_bundle_is_passed_over(tmp_path: Path, case: str, damage: object) -> None:
    assert callable(damage)
    damage(put_in_folder(named_bundle("Honest-7B"), tmp_path))
    (tmp_path / "bundles" / "honest-7b-fine-tune-00000000").write_text("a file")
    assert names_in_folder("honest-7b", tmp_path) == frozenset()


def test_where_nothing_is(tmp_path: Path) -> None:
    assert names_in_folder("any", tmp_path / "nowhere") == frozenset()
    with submissions_hub(tmp_path / "hub") as submissions:
        nothing = replace(submissions.repo(), repo="bench/nothing")
        with pytest.raises(UsageError, match="no such repository"):
            names_in_repo(small_bundle().submission.model.name, nothing)
