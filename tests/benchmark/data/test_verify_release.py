"""What is not as a release says is named: the file, the row, the number."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.releasing.built import build_qa, build_sft
from warmbench.cli.main import main
from warmbench.data.table import write_parquet
from warmbench.data.verify_release import verify_release
from warmbench.errors import DataError
from warmbench.folders import write_json
from warmbench.records.finding import Verification
from warmbench.records.item import ITEM_SCHEMA
from warmbench_builders.releasing.make_release import make_release

FILE = "data/open_triviaqa/sadness.parquet"
SPLIT = "open_triviaqa/sadness"
FIRST = f"{SPLIT}/triviaqa-000/sadness/none"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("releases")
    make_release(build_qa(root / "built"), root / "qa", "test/data")
    return root / "qa"


def rows_of(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / FILE).to_pylist()
    return rows


def rewrite(folder: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    rows = rows_of(folder)
    change(rows)
    write_parquet(folder / FILE, rows, ITEM_SCHEMA)


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "release.json").read_text())
    change(manifest)
    write_json(folder / "release.json", manifest)


def set_question(rows: list[dict[str, Any]]) -> None:
    rows[3]["question"] = "Which river runs through Tarnby?"


FAULTS: dict[str, tuple[Callable[[Path], object], list[tuple[str, str]]]] = {
    "a word of a row": (
        lambda f: rewrite(f, set_question),
        [
            ("file-changed", FILE),
            ("row-changed", f"{SPLIT}/triviaqa-001/sadness/none"),
            ("fingerprint", "release.json"),
        ],
    ),
    "an order of answers": (
        lambda f: rewrite(f, lambda rows: rows[0]["correct_answers"].append("x")),
        [("file-changed", FILE), ("row-changed", FIRST), ("fingerprint", "release.json")],
    ),
    "a row away": (
        lambda f: rewrite(f, lambda rows: rows.pop(0) and None),
        [
            ("file-changed", FILE),
            ("row-count", SPLIT),
            ("row-missing", FIRST),
            ("fingerprint", "release.json"),
        ],
    ),
    "a row twice": (
        lambda f: rewrite(f, lambda rows: rows.append(rows[0])),
        [("file-changed", FILE), ("row-twice", SPLIT), ("row-count", SPLIT)],
    ),
    "a row more": (
        lambda f: rewrite(f, lambda rows: rows.append({**rows[0], "item_id": "new"})),
        [
            ("file-changed", FILE),
            ("row-count", SPLIT),
            ("row-added", f"{SPLIT}/new"),
            ("fingerprint", "release.json"),
        ],
    ),
    "rows in another order": (
        lambda f: rewrite(f, lambda rows: rows.reverse()),
        [("file-changed", FILE)],
    ),
    "a file away": (
        lambda f: (f / FILE).unlink(),
        [("file-missing", FILE), ("rows-unreadable", SPLIT)],
    ),
    "no parquet": (
        lambda f: (f / FILE).write_bytes(b"hello"),
        [("file-changed", FILE), ("rows-unreadable", SPLIT)],
    ),
    "a file more": (
        lambda f: (f / "evil.py").write_text("print(1)"),
        [("file-added", "evil.py")],
    ),
    "another card": (
        lambda f: (f / "README.md").write_text("# Mine"),
        [("file-changed", "README.md")],
    ),
    "another version": (
        lambda f: change_manifest(f, lambda m: m.update(version="2.0.0")),
        [("fingerprint", "release.json")],
    ),
    "another fingerprint": (
        lambda f: change_manifest(f, lambda m: m.update(fingerprint="0" * 64)),
        [("fingerprint", "release.json")],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_named(fault: str, released: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(released, tmp_path / "copy")
    damage, expected = FAULTS[fault]
    damage(folder)
    found = [(finding.code, finding.where) for finding in verify_release(folder).findings]
    assert sorted(found) == sorted(expected)


def test_a_built_folder_says_which_row(tmp_path: Path) -> None:
    built = build_qa(tmp_path / "built")
    rewrite(built, set_question)
    found = [(f.code, f.where) for f in verify_release(built).findings]
    assert found == [
        ("row-changed", f"{SPLIT}/triviaqa-001/sadness/none"),
        ("fingerprint", "release.json"),
    ]


def test_a_folder_without_row_hashes_says_which_split(tmp_path: Path) -> None:
    built = build_qa(tmp_path / "built")
    (built / "rows.sha256").unlink()
    rewrite(built, set_question)
    found = [(f.code, f.where) for f in verify_release(built).findings]
    assert found == [("rows-changed", SPLIT), ("fingerprint", "release.json")]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_changed_text_of_any_row_is_found(data: st.DataObject) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as temporary:
        built = build_qa(Path(temporary) / "built", {"open_triviaqa": "CC-BY-4.0"})
        rows = rows_of(built)
        number = data.draw(st.integers(0, len(rows) - 1))
        name = data.draw(st.sampled_from([n for n in ITEM_SCHEMA.names if n != "item_id"]))
        if isinstance(rows[number][name], list):
            rows[number][name] = [*rows[number][name], *rows[number][name][:1]]
        else:
            rows[number][name] += data.draw(st.text(min_size=1, max_size=5))
        write_parquet(built / FILE, rows, ITEM_SCHEMA)
        assert not verify_release(built).is_sound


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no release.json here"),
        ("{", "not a release manifest"),
        ("[]", "not a release manifest"),
        ('{"name": "warmbench-qa"}', "release.json"),
        ('{"name": 3}', "release.json"),
    ],
)
def test_what_is_no_release_is_refused(text: str | None, words: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "release.json").write_text(text)
    with pytest.raises(DataError, match=words):
        verify_release(tmp_path)


def test_against_another_kind_of_release(released: Path, tmp_path: Path) -> None:
    make_release(build_sft(tmp_path / "built"), tmp_path / "sft", "test/sft")
    found = verify_release(released, against=tmp_path / "sft")
    assert {finding.code for finding in found.findings} == {"split-missing", "not-the-same"}


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["verify", *words])
    return done.exit_code, done.stdout if "--json" in words else done.output


def test_the_command(released: Path, tmp_path: Path) -> None:
    code, text = run(str(released))
    assert code == 0
    assert "is sound: 120 rows" in text
    folder = shutil.copytree(released, tmp_path / "copy")
    rewrite(folder, set_question)
    code, text = run(str(folder))
    assert code == 1
    assert "triviaqa-001/sadness/none: is not the row that rows.sha256 names" in text
    code, text = run(str(folder), "--json")
    assert code == 1
    assert json.loads(text)["sound"] is False
    assert [f["code"] for f in json.loads(text)["findings"]].count("row-changed") == 1


@pytest.mark.parametrize("name", ["open", "open-sft"])
def test_the_packaged_releases_are_sound(name: str) -> None:
    code, text = run(name, "--json")
    assert code == 0
    assert json.loads(text)["findings"] == []


@pytest.mark.parametrize("name", ["nowhere", "org/name", "org/name@1.0.0", "a/b/c@v1.0.0"])
def test_a_place_that_is_none(name: str) -> None:
    code, text = run(name)
    assert code == 2
    assert "no such folder" in text


def test_a_sound_verification_says_so() -> None:
    sound = Verification("t", "n", "1.0.0", "f", 1, 1, (), ())
    assert sound.is_sound
    assert sound.to_json()["sound"] is True
