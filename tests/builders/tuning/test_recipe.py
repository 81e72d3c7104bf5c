"""Reading recipes back: either method's, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.tuning.test_card import recipe
from warmbench.errors import DataError
from warmbench.folders import write_json
from warmbench_builders.tuning.recipe import read_recipe, recipe_of


def test_a_recipe_is_read_back(tmp_path: Path) -> None:
    made = recipe(held_out=(1.0, None))
    write_json(tmp_path / "recipe.json", made.model_dump(mode="json"))
    assert read_recipe(tmp_path) == made
    assert recipe_of(tmp_path) == made.model_dump(mode="json")


BAD = [
    ("no JSON", "{", "Invalid JSON"),
    ("no method", "{}", "method"),
    ("another method", '{"method": "magic"}', "magic"),
    ("half", '{"method": "lora"}', "Field required"),
]


@pytest.mark.parametrize(("name", "text", "words"), BAD, ids=[row[0] for row in BAD])
def test_what_is_no_recipe(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises(DataError, match=words):
        recipe_of(tmp_path)


def test_a_tuning_that_has_not_finished_has_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no recipe.json here; give the folder of a finished"):
        recipe_of(tmp_path)
