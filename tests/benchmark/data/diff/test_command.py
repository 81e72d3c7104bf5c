"""``warmbench diff``: what it prints, and how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.benchmark.data.diff.releases import make_qa, make_sft
from tests.benchmark.examples import make_items
from warmbench.cli.main import main
from warmbench.conditions import Context
from warmbench.records.item import Item

ITEMS = make_items(5, ("medqa",), (Context.PLAIN, Context.SADNESS))
EXTRA = [replace(item, item_id=f"new-{item.item_id}") for item in ITEMS]


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *(str(argument) for argument in arguments)])


def pair(tmp_path: Path, new: list[Item], version: str) -> tuple[Path, Path]:
    return (
        make_qa(tmp_path / "old", {"medqa": ITEMS}, version="1.2.3"),
        make_qa(tmp_path / "new", {"medqa": new}, version=version),
    )


@pytest.mark.parametrize(
    ("name", "new", "version", "code", "said"),
    [
        ("same", ITEMS, "1.2.3", 0, "Nothing differs."),
        ("minor", [*ITEMS, *EXTRA], "1.3.0", 0, "minor 30 rows added"),
        ("larger", [*ITEMS, *EXTRA], "2.0.0", 0, "larger than needed: a minor change needs 1.3.0"),
        ("smaller", [*ITEMS, *EXTRA], "1.2.4", 1, "too small, a minor change needs 1.3.0"),
        ("removed", ITEMS[1:], "1.3.0", 1, "too small, a major change needs 2.0.0"),
    ],
)
def test_the_verdict_and_the_exit_status(
    name: str, new: list[Item], version: str, code: int, said: str, tmp_path: Path
) -> None:
    done = diff(*pair(tmp_path, new, version))
    assert done.exit_code == code, done.output
    assert said in " ".join(done.output.split())


def test_ten_of_a_kind_and_then_all(tmp_path: Path) -> None:
    new = [*(replace(item, license="MIT", question="[red]Why?") for item in ITEMS), *EXTRA]
    paths = pair(tmp_path, new, "2.0.0")
    some, every = diff(*paths).output, diff(*paths, "--all").output
    assert some.count("  question: What is the capital of Australia? -> [red]Why?") == 10
    assert some.count("… and 20 more; --all lists them") == 2
    assert every.count("  question: What is the capital of Australia? -> [red]Why?") == 30
    assert all(f"medqa/{item.context.value}/{item.item_id}" in every.split() for item in EXTRA)
    assert "--all lists them" not in every
    table = next(line.split() for line in some.splitlines() if line.startswith("medqa  "))
    assert table == ["medqa", "30", "0", "30", "30", "30"]


def test_what_matters_for_scores_comes_first(tmp_path: Path) -> None:
    new = [replace(item, license="MIT") for item in ITEMS[:-1]]
    new.append(replace(ITEMS[-1], correct_answers=("Perth",)))
    found = json.loads(diff(*pair(tmp_path, new, "2.0.0"), "--json").stdout)
    assert len(found["rows"]["changed"]) == 30
    assert len(found["examples"]) == 10
    assert found["examples"][0] == {
        "row": f"medqa/sadness/{ITEMS[-1].item_id}",
        "columns": {"correct_answers": {"old": ["Canberra"], "new": ["Perth"]}},
    }
    assert [reason["bump"] for reason in found["reasons"]] == ["major", "patch"]


def test_json_says_all_of_it(tmp_path: Path) -> None:
    paths = pair(tmp_path, [*ITEMS[1:], *EXTRA], "1.3.0")
    done = diff(*paths, "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert (found["old"]["version"], found["new"]["version"]) == ("1.2.3", "1.3.0")
    assert (found["needed"], found["expected_version"]) == ("major", "2.0.0")
    assert (found["version_is_right"], found["version_is_larger_than_needed"]) == (False, False)
    assert found["rows"]["removed"] == [f"medqa/plain/{ITEMS[0].item_id}"]
    assert len(found["rows"]["added"]) == 30
    assert found["counts"]["medqa"]["added"] == 30
    assert found["configs"] == {"added": [], "removed": []}


def test_the_embedded_releases_by_name() -> None:
    assert diff("open", "open").exit_code == 0
    assert diff("open-sft", "open-sft", "--json").exit_code == 0


def test_bad_input_gets_a_sentence_and_exit_2(tmp_path: Path) -> None:
    old, new = pair(tmp_path, ITEMS, "1.2.3-rc.1")
    for arguments, said in (
        ((old, tmp_path / "gone"), "gone: no such folder"),
        ((old, tmp_path), "no release.json here"),
        ((old, make_sft(tmp_path / "sft")), "give two of one kind"),
        ((old, new), "release.json of NEW: the version '1.2.3-rc.1' is not X.Y.Z"),
    ):
        done = diff(*arguments)
        assert done.exit_code == 2, done.output
        assert said in " ".join(done.output.split())
