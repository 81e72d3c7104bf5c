"""A model's own sampling settings change nothing: they would be a false loss between two arms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.engines.hf.models import edit_json, model_copy, open_hf, texts
from tests.benchmark.engines.test_ct2 import make_requests
from tests.conftest import need

need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")

SETTINGS: list[dict[str, Any]] = [
    {"repetition_penalty": 1.6},
    {"do_sample": True, "temperature": 0.01, "top_k": 1, "top_p": 0.1},
    {"typical_p": 0.2},
    {"min_p": 0.9},
    {"epsilon_cutoff": 0.5},
    {"eta_cutoff": 0.5},
    {"top_h": 0.1},
    {"no_repeat_ngram_size": 1},
    {"encoder_no_repeat_ngram_size": 1},
    {"encoder_repetition_penalty": 0.2},
    {"bad_words_ids": [[token] for token in range(10, 400)]},
    {"sequence_bias": [[[5], 50.0]]},
    {"suppress_tokens": list(range(10, 400))},
    {"begin_suppress_tokens": list(range(10, 400))},
    {"forced_bos_token_id": 5},
    {"forced_eos_token_id": 5},
    {"exponential_decay_length_penalty": [1, 3.0]},
    {"num_beams": 4, "length_penalty": 3.0, "early_stopping": True},
    {"penalty_alpha": 0.6, "top_k": 4},
    {"guidance_scale": 4.0},
    {"max_length": 3},
    {"max_new_tokens": 2},
    {"min_new_tokens": 24},
    {"min_length": 200},
    {"max_time": 0.0001},
    {"stop_strings": ["a", "e", "i"]},
    {"num_return_sequences": 2, "num_beams": 2},
    {"return_dict_in_generate": True, "output_scores": True, "output_logits": True},
    {"use_cache": False},
    {"prompt_lookup_num_tokens": 2},
    {"watermarking_config": {"greenlist_ratio": 0.25, "bias": 20.0}},
    {"renormalize_logits": True, "remove_invalid_values": True},
    {"pad_token_id": 7, "bos_token_id": 9},
    {"a_setting_of_our_own": 3},
]


@pytest.fixture(scope="module", params=[0.0, 0.8], ids=["greedy", "sampled"])
def plain(request: pytest.FixtureRequest) -> tuple[float, dict[str, str]]:
    return request.param, texts(open_hf("reference"), make_requests(8, request.param))


@pytest.mark.parametrize("generation", SETTINGS, ids=[next(iter(s)) for s in SETTINGS])
def test_a_generation_config_changes_no_answer(
    generation: dict[str, Any], plain: tuple[float, dict[str, str]], tmp_path: Path
) -> None:
    temperature, expected = plain
    engine = open_hf(model_copy(tmp_path / "model", generation=generation))
    assert texts(engine, make_requests(8, temperature)) == expected


def test_none_at_all_changes_none(plain: tuple[float, dict[str, str]], tmp_path: Path) -> None:
    """What a tuned checkpoint often lacks."""
    temperature, expected = plain
    folder = model_copy(tmp_path / "model")
    (folder / "generation_config.json").unlink()
    assert texts(open_hf(folder), make_requests(8, temperature)) == expected


def test_nor_does_what_older_models_have_in_their_config(
    plain: tuple[float, dict[str, str]], tmp_path: Path
) -> None:
    temperature, expected = plain
    folder = model_copy(tmp_path / "model")
    (folder / "generation_config.json").unlink()
    edit_json(folder / "config.json", repetition_penalty=1.6, top_k=1, num_beams=3)
    assert texts(open_hf(folder), make_requests(8, temperature)) == expected


def test_the_tokens_that_end_an_answer_are_taken_from_all_files(tmp_path: Path) -> None:
    """One that only ``generation_config.json`` names ends answers too, and is recorded."""
    text = texts(open_hf("reference"), make_requests(1, 0.0))["k0"]
    folder = model_copy(tmp_path / "model")
    engine = open_hf(folder)
    first = engine._tokenizer.encode(text, add_special_tokens=False)[1]
    edit_json(folder / "generation_config.json", eos_token_id=[first])
    shorter = open_hf(folder)
    assert texts(shorter, make_requests(1, 0.0))["k0"] == engine._tokenizer.decode(
        engine._tokenizer.encode(text, add_special_tokens=False)[:1]
    )
    assert f'"eos_token_id": [1, {first}]' in (shorter.identity()["generation"] or "")


def test_what_is_set_is_recorded() -> None:
    recorded = open_hf("reference").identity()["generation"] or ""
    assert '"repetition_penalty": 1.0' in recorded
    assert '"num_beams": 1' in recorded
