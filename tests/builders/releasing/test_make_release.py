"""A release folder: whole, described for every reader, and free of what may not be handed on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml

from tests.builders.releasing.built import CANARY, GATED, SECRET, build_qa, build_sft
from tests.conftest import need
from warmbench.conditions import Context
from warmbench.data.any_release import read_any_release
from warmbench.data.release import open_release_path, read_release
from warmbench.data.sft_release import open_sft_release_path
from warmbench.data.table import read_rows, write_parquet
from warmbench.data.verify_release import verify_release
from warmbench.errors import DataError, UsageError
from warmbench.records.item import ITEM_SCHEMA
from warmbench_builders.releasing.make_release import make_release

DATES = {"open": date(2026, 11, 24), "open-sft": date(2026, 11, 24)}
"""Releases of these kinds bear a date, the others none."""

MIXED = {"disinfo": GATED, "open_disinfo": "CC-BY-4.0", "triviaqa": "Apache-2.0 (TriviaQA)"}


@cache
def released(kind: str) -> Path:
    """A release, made once for all tests that only read it."""
    root = Path(mkdtemp(prefix="warmbench-release-"))
    built = {
        "open": open_release_path,
        "open-sft": open_sft_release_path,
        "qa": lambda: build_qa(root / "built"),
        "mixed": lambda: build_qa(root / "built", MIXED),
        "sft": lambda: build_sft(root / "built"),
        "gated-sft": lambda: build_sft(root / "built", GATED),
    }[kind]()
    make_release(built, root / "release", "test/data", released=DATES.get(kind))
    return root / "release"


KINDS = ["open", "open-sft", "qa", "mixed", "sft", "gated-sft"]


def head(folder: Path) -> dict[str, Any]:
    text = (folder / "README.md").read_text(encoding="utf-8")
    found = yaml.safe_load(text.split("---\n")[1])
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_sound(kind: str) -> None:
    verification = verify_release(released(kind))
    assert verification.findings == ()
    assert verification.fingerprint == read_any_release(released(kind)).manifest.fingerprint


@pytest.mark.parametrize("kind", ["open", "open-sft"])
def test_the_fingerprint_is_that_of_the_built_data(kind: str) -> None:
    built = open_release_path() if kind == "open" else open_sft_release_path()
    ours = read_any_release(released(kind)).manifest
    assert ours.fingerprint == read_any_release(built).manifest.fingerprint


@pytest.mark.parametrize("kind", KINDS)
def test_the_manifest_lists_every_file_but_itself(kind: str) -> None:
    folder = released(kind)
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(read_any_release(folder).manifest.files) == there - {"release.json"}


@pytest.mark.parametrize("kind", ["mixed", "gated-sft"])
def test_no_file_holds_text_that_may_not_be_handed_on(kind: str) -> None:
    folder = released(kind)
    release = read_any_release(folder)
    rows = [
        row
        for config, split, record in release.splits
        if record.shipped
        for row in release.rows(config, split)
    ]
    assert rows
    assert SECRET not in json.dumps(rows)
    assert all(row["canary"] == CANARY and row["license"] == GATED for row in rows)
    for path in folder.rglob("*"):
        if path.suffix in {".json", ".md", ".yaml", ".cff", ".sha256"}:
            assert SECRET not in path.read_text(encoding="utf-8")


def test_only_what_may_not_be_handed_on_is_withheld() -> None:
    release = read_release(released("mixed"))
    assert release.manifest.withheld == ("disinfo",)
    assert release.default_configs() == ("triviaqa", "open_disinfo")
    assert len(release.items(["triviaqa"])) == 60
    with pytest.raises(UsageError, match="contains only ids"):
        release.items(["disinfo"])


def test_rebuilt_rows_are_known_to_be_the_same(tmp_path: Path) -> None:
    rebuilt = build_qa(tmp_path / "rebuilt", MIXED)
    assert verify_release(rebuilt, against=released("mixed")).is_sound
    other = build_qa(tmp_path / "other", {**MIXED, "disinfo": "GPL"})
    codes = [f.code for f in verify_release(other, against=released("mixed")).findings]
    assert "row-changed" in codes
    assert "not-the-same" in codes


@pytest.mark.parametrize("kind", KINDS)
def test_datasets_loads_every_config_and_split(kind: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    folder = released(kind)
    release = read_any_release(folder)
    for config, split, record in release.splits:
        rows = load_dataset(str(folder), config, split=split, cache_dir=str(tmp_path))
        assert len(rows) == record.rows
        assert rows.to_list() == release.rows(config, split)


@pytest.mark.parametrize("kind", ["open", "qa", "mixed"])
def test_the_default_config_is_all_of_the_open_pool(kind: str, tmp_path: Path) -> None:
    from datasets import load_dataset

    rows = load_dataset(str(released(kind)), split="sadness", cache_dir=str(tmp_path))
    manifest = read_any_release(released(kind)).manifest
    wanted = [s["sadness"].rows for c, s in manifest.configs.items() if c.startswith("open_")]
    assert len(rows) == sum(wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_the_features_of_the_card_are_those_of_the_files(kind: str, tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    from datasets import Features, load_dataset_builder

    folder = released(kind)
    config, split, _ = read_any_release(folder).splits[0]
    builder = load_dataset_builder(str(folder), config, cache_dir=str(tmp_path))
    schema = pq.read_schema(folder / "data" / config / f"{split}.parquet")
    assert builder.info.features == Features.from_arrow_schema(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_croissant_finds_no_fault(kind: str) -> None:
    need("mlcroissant", "pip install 'warmbench[dev]'")
    from mlcroissant import Dataset

    dataset = Dataset(jsonld=str(released(kind) / "croissant.json"))
    issues = dataset.metadata.issues
    assert issues.errors == set()
    undated = [text for text in issues.warnings if "datePublished" in text]
    assert sorted(undated) == sorted(issues.warnings)
    assert bool(undated) == (kind not in DATES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_date_is_the_one_given(kind: str) -> None:
    folder, day = released(kind), DATES.get(kind)
    cff = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    croissant = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    assert read_any_release(folder).record().released == day
    assert cff.get("date-released") == (day.isoformat() if day else None)
    assert croissant.get("datePublished") == (day.isoformat() if day else None)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.count("year = {2026}") == (2 if day else 1), "the paper's year is there anyway"


def test_croissant_reads_the_rows(tmp_path: Path) -> None:
    need("mlcroissant", "pip install 'warmbench[dev]'")
    from mlcroissant import Dataset

    folder = released("qa")
    dataset = Dataset(jsonld=str(folder / "croissant.json"), mapping={"repo": str(folder)})
    rows = list(dataset.records("open_triviaqa"))
    assert len(rows) == 60
    first = {key.rsplit("/", 1)[-1]: value for key, value in rows[0].items()}
    assert first["task"] == b"triviaqa"


@pytest.mark.parametrize("kind", KINDS)
def test_the_citation_file_is_valid(kind: str) -> None:
    need("cffconvert", "pip install 'warmbench[dev]'")
    from cffconvert import Citation

    text = (released(kind) / "CITATION.cff").read_text(encoding="utf-8")
    Citation(text).validate()
    assert yaml.safe_load(text)["version"] == read_any_release(released(kind)).manifest.version


@pytest.mark.parametrize("kind", ["open", "mixed"])
def test_the_hub_is_told_of_a_benchmark(kind: str) -> None:
    record = yaml.safe_load((released(kind) / "eval.yaml").read_text(encoding="utf-8"))
    assert set(record) == {"name", "description", "evaluation_framework", "tasks"}
    configs = {entry["config_name"]: entry for entry in head(released(kind))["configs"]}
    for task in record["tasks"]:
        splits = {files["split"] for files in configs[task["config"]]["data_files"]}
        assert task["split"] in splits
    assert "neutral" not in {task["split"] for task in record["tasks"]}
    assert len({task["id"] for task in record["tasks"]}) == len(record["tasks"]) == 10


@pytest.mark.parametrize("kind", KINDS)
def test_the_card_says_what_a_reader_needs(kind: str) -> None:
    folder = released(kind)
    manifest = read_any_release(folder).manifest
    text = (folder / "README.md").read_text(encoding="utf-8")
    for words in (
        f'revision="v{manifest.version}"',
        manifest.fingerprint,
        "## Known limits",
        "## How it was made",
        "@misc{",
        "10.1038/s41586-026-10410-0",
        json.loads((folder / "release.json").read_text())["name"].replace("warmbench-", "").upper(),
    ):
        assert words in text
    assert ("Rebuild what ships as ids" in text) == bool(manifest.withheld)
    assert (head(folder)["license"] == "cc-by-4.0") == (kind in {"open", "open-sft", "qa", "sft"})
    (canary,) = {
        row["canary"]
        for config, split, _ in read_any_release(folder).splits
        for row in read_any_release(folder).rows(config, split)
    }
    assert canary in text


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_release(build_qa(tmp_path / f"built-{name}", MIXED), tmp_path / name, "test/data")
    one, two = (
        {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two


def test_a_released_version_never_becomes_something_else(tmp_path: Path) -> None:
    make_release(build_qa(tmp_path / "built"), tmp_path / "out", "test/data")
    before = (tmp_path / "out" / "release.json").read_bytes()
    other = build_qa(tmp_path / "other", questions=1)
    with pytest.raises(UsageError, match="never changes"):
        make_release(other, tmp_path / "out", "test/data", overwrite=True)
    assert (tmp_path / "out" / "release.json").read_bytes() == before
    make_release(tmp_path / "built", tmp_path / "out", "test/data", overwrite=True)
    newer = build_qa(tmp_path / "newer", version="1.1.0", questions=1)
    make_release(newer, tmp_path / "out", "test/data", overwrite=True)
    assert read_release(tmp_path / "out").version == "1.1.0"


PLAIN_FILE = f"data/open_triviaqa/{Context.PLAIN}.parquet"


def another_split(built: Path) -> None:
    other = built / "data" / "open_triviaqa" / f"{Context.ANGER}.parquet"
    (built / PLAIN_FILE).write_bytes(other.read_bytes())


def a_row_twice(built: Path) -> None:
    rows = read_rows(built / PLAIN_FILE)
    write_parquet(built / PLAIN_FILE, [*rows, rows[0]], ITEM_SCHEMA)


def a_row_in_place_of_another(built: Path) -> None:
    rows = read_rows(built / PLAIN_FILE)
    write_parquet(built / PLAIN_FILE, [*rows[1:], rows[1]], ITEM_SCHEMA)


def in_the_manifest(old: str, new: str) -> Callable[[Path], object]:
    def change(built: Path) -> None:
        path = built / "release.json"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return change


UNSOUND: list[tuple[str, Callable[[Path], object], str]] = [
    ("not parquet", lambda b: (b / PLAIN_FILE).write_bytes(b"PAR1"), "not a readable parquet file"),
    ("no file", lambda b: (b / PLAIN_FILE).unlink(), "no such file"),
    ("other rows", another_split, "open_triviaqa/plain: the rows are not those of release.json"),
    ("a row twice", a_row_twice, "open_triviaqa/plain: 7 rows, but release.json says 6"),
    ("a row in place of another", a_row_in_place_of_another, "the rows are not those of"),
    ("another count", in_the_manifest('"rows": 6', '"rows": 7'), "6 rows, but release.json says 7"),
    ("another version", in_the_manifest('"1.0.0"', '"1.0.1"'), "release.json says fingerprint"),
]


@pytest.mark.parametrize(("name", "damage", "said"), UNSOUND, ids=[case[0] for case in UNSOUND])
def test_what_is_not_sound_is_not_released(
    tmp_path: Path, name: str, damage: Callable[[Path], object], said: str
) -> None:
    built = build_qa(tmp_path / "built")
    damage(built)
    with pytest.raises(DataError, match=f"{said}.*build it again"):
        make_release(built, tmp_path / "out", "test/data")
    assert not (tmp_path / "out").exists()


def test_a_release_is_not_released_again(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="already a release"):
        make_release(released("qa"), tmp_path / "out", "test/data")
