"""The study file."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmbench.errors import UsageError
from warmbench.records.study import Treatment, read_study

GOOD = """
treatment = "fine-tune"
seed = 3

[sampling]
temperature = 0.5

[[arms]]
name = "original"
model = "ct2:reference"

[[arms]]
name = "warm"
model = "ct2:reference+warm"
system = "Be kind."
"""

BAD = [
    ("not toml", "arms = [", "not valid TOML"),
    ("one arm", GOOD.split('[[arms]]\nname = "warm"')[0], "at least one treated"),
    ("twice", GOOD.replace('"warm"', '"original"'), "each arm may appear only once"),
    ("arm name", GOOD.replace('"warm"', '"hot"'), "'hot' is not an arm; arms are original, warm"),
    ("model", GOOD.replace("ct2:reference+warm", "reference"), "'reference' is not a model"),
    ("temperature", GOOD.replace("0.5", "-1"), "sampling.temperature: Input should be greater"),
    ("unknown", GOOD + "\nmood = 1", "mood: Extra inputs are not permitted"),
    ("treatment", GOOD.replace("fine-tune", "magic"), "treatment: Input should be 'fine-tune'"),
]


def test_a_study_is_read(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(GOOD)
    study = read_study(path)
    assert study.treatment is Treatment.FINE_TUNE
    assert study.seed == 3
    assert (study.sampling.temperature, study.sampling.max_tokens) == (0.5, 300)
    assert study.treated[0].system == "Be kind."


def test_the_original_is_found_wherever_it_stands(tmp_path: Path) -> None:
    head, original, warm = GOOD.partition("[[arms]]")[0], *GOOD.split("[[arms]]")[1:]
    path = tmp_path / "study.toml"
    path.write_text(f"{head}[[arms]]{warm}[[arms]]{original}")
    study = read_study(path)
    assert [arm.name for arm in study.arms] == ["warm", "original"]
    assert study.original.model == "ct2:reference"
    assert [arm.name for arm in study.treated] == ["warm"]


@pytest.mark.parametrize(("name", "text", "expected"), BAD, ids=[b[0] for b in BAD])
def test_what_is_wrong_is_reported(tmp_path: Path, name: str, text: str, expected: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_study(path)
    assert expected in str(error.value)
    assert "study.toml" in str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_study_is_read_as_an_editor_saved_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(GOOD.replace("\n", "\r\n").replace("kind", "gütig").encode(encoding))
    assert read_study(path).treated[0].system == "Be gütig."


UNREADABLE = [
    ("Latin-1", GOOD.replace("kind", "gütig").encode("latin-1"), "is not UTF-8 (0xfc)"),
    ("too deep", b"a = " + b"[" * 100_000, "not valid TOML"),
]


@pytest.mark.parametrize(("name", "content", "said"), UNREADABLE, ids=[u[0] for u in UNREADABLE])
def test_what_is_no_text_is_reported(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError) as error:
        read_study(path)
    assert said in str(error.value)
    assert "study.toml" in str(error.value)


def test_a_folder_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        read_study(tmp_path)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such study file"):
        read_study(tmp_path / "gone.toml")
