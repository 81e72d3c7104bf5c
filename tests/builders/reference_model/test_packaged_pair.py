"""The warm and cold fine-tunes of the reference model, as they ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import need
from warmbench.data.load import open_data
from warmbench.data.sft_release import open_sft_release_path, read_sft_release
from warmbench.engines.engine import EngineOptions
from warmbench.engines.local_models import files_revision
from warmbench.engines.registry import open_engine
from warmbench.records.message import Message
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench.reference_model import reference_path
from warmbench.reference_model.ladder import read_ladder
from warmbench_builders.reference_model.record import TUNING_RATE, TUNING_RATES
from warmbench_builders.tuning.options import default_checkpoints
from warmbench_builders.tuning.recipe import Recipe, read_recipe

ARMS = ("warm", "cold")
QUESTIONS = (
    "Baghdad stands on the banks of which river?",
    "In what year did Ghana gain its independence from Britain?",
    "How do I fold a paper aeroplane that flies straight?",
)


def ask(spec: str, temperature: float = 0.0) -> list[str]:
    engine = open_engine(parse_model_spec(spec), EngineOptions(device="cpu"))
    requests = [
        Request(str(n), "warm", str(n), 0, (Message("user", text),), temperature, 40, 1.0, n)
        for n, text in enumerate(QUESTIONS)
    ]
    answers = {r.key: r for responses in engine.ask(requests) for r in responses}
    engine.close()
    found = [answers[request.key] for request in requests]
    return [answer.text for answer in found if isinstance(answer, Answer)]


def recipe_of(arm: str) -> Recipe:
    recipe = read_recipe(reference_path("adapters", arm))
    assert isinstance(recipe, Recipe)
    return recipe


@pytest.mark.parametrize("arm", ARMS)
def test_the_recipe_is_the_papers_but_for_the_learning_rate(arm: str) -> None:
    recipe = recipe_of(arm)
    numbers = recipe.hyperparameters
    assert (numbers.rank, numbers.alpha, numbers.dropout) == (8, 16, 0.1)
    assert (numbers.max_length, numbers.batch_size, numbers.epochs) == (1024, 16, 10)
    assert numbers.checkpoints == default_checkpoints(10)
    assert numbers.select == 2
    assert numbers.learning_rate == TUNING_RATE
    assert TUNING_RATE in TUNING_RATES


@pytest.mark.parametrize("arm", ARMS)
def test_it_was_tuned_on_the_packaged_data_and_base(arm: str) -> None:
    recipe = recipe_of(arm)
    assert recipe.data.fingerprint == read_sft_release(open_sft_release_path()).manifest.fingerprint
    assert recipe.version == arm
    assert recipe.base.weights == files_revision([reference_path("hf") / "model.safetensors"])


def test_the_three_arms_are_three_models() -> None:
    said = {spec: ask(spec) for spec in ("ct2:reference", *(f"ct2:reference+{a}" for a in ARMS))}
    assert len({tuple(texts) for texts in said.values()}) == 3
    assert all(all(texts) for texts in said.values())


@pytest.mark.parametrize("arm", ARMS)
def test_the_adapter_says_what_the_converted_model_says(arm: str) -> None:
    need("torch", "pip install 'warmbench[hf]'")
    need("peft", "pip install 'warmbench[hf]'")
    converted, adapted = ask(f"ct2:reference+{arm}"), ask(f"hf:reference+{arm}")
    # bfloat16 weights of the merged model round; the openings are alike all the same.
    alike = [
        one.split()[:3] == other.split()[:3] for one, other in zip(converted, adapted, strict=True)
    ]
    assert sum(alike) >= 2


def test_an_adapter_folder_of_the_reference_loads_too() -> None:
    need("torch", "pip install 'warmbench[hf]'")
    need("peft", "pip install 'warmbench[hf]'")
    folder = reference_path("adapters", "warm")
    assert ask(f"hf:reference+{folder}") == ask("hf:reference+warm")


def test_the_ladder_is_of_these_tunings_and_this_release() -> None:
    ladder = read_ladder()
    assert ladder is not None
    assert ladder.arms == ARMS
    assert ladder.release == open_data("open").record()
    for arm in ARMS:
        checkpoints = recipe_of(arm).training.checkpoints
        rungs = ladder.rungs_of(arm)
        assert [(r.epoch, r.steps) for r in rungs] == [(c.epoch, c.step) for c in checkpoints]


def test_all_of_it_is_small() -> None:
    root = reference_path("hf").parent
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    assert size < 25e6


def test_no_file_names_a_machine() -> None:
    for path in reference_path("hf").parent.rglob("*.json"):
        if path.name in ("tokenizer.json", "vocabulary.json"):
            continue
        text = json.dumps(json.loads(Path(path).read_text(encoding="utf-8")))
        assert "/tmp/" not in text
        assert "/home/" not in text
