"""Adapters: known by their content, put on the base that they were trained on, or refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.benchmark.engines.hf.models import (
    adapter_copy,
    edit_json,
    model_copy,
    open_hf,
    save_random_model,
    texts,
)
from tests.benchmark.engines.test_ct2 import make_requests
from tests.conftest import need
from tests.faults_server.run import write_questions
from warmbench.cli.main import main
from warmbench.engines.base_names import same_base
from warmbench.errors import EngineError, UsageError
from warmbench.reference_model import reference_path
from warmbench.running.folder import RunFolder

torch = need("torch", "pip install 'warmbench[hf]'")
need("peft", "pip install 'warmbench[hf]'")
safetensors = need("safetensors.torch", "pip install 'warmbench[hf]'")

WEIGHTS = "adapter_model.safetensors"


def test_an_adapter_is_known_by_its_content(tmp_path: Path) -> None:
    named = open_hf("reference", "warm")
    copied = open_hf("reference", adapter_copy(tmp_path / "copy"))
    other = open_hf("reference", adapter_copy(tmp_path / "other", "cold"))
    scaled = open_hf("reference", adapter_copy(tmp_path / "scaled", lora_alpha=64))
    revisions = [e.identity()["adapter_revision"] for e in (copied, other, scaled)]
    assert len({*revisions, None}) == 4
    assert texts(copied, make_requests(4, 0.0)) == texts(named, make_requests(4, 0.0))
    assert texts(other, make_requests(4, 0.0)) != texts(named, make_requests(4, 0.0))


def test_an_adapter_that_was_swapped_under_its_path_is_not_mixed(tmp_path: Path) -> None:
    folder = adapter_copy(tmp_path / "tuned")
    questions = write_questions(tmp_path / "mine.jsonl", 20)
    command = [
        "run", "--original", "hf:reference", "--warm", f"hf:reference+{folder}",
        "--data", str(questions), "--out", str(tmp_path / "run"), "--warmth-prompts", "0",
        "--max-tokens", "4", "--device", "cpu",
    ]  # fmt: skip
    stopped = CliRunner().invoke(main, [*command, "--max-requests", "30"])
    assert stopped.exit_code == 1, stopped.output
    before = RunFolder.open(tmp_path / "run").responses()
    assert len(before) == 30
    (folder / WEIGHTS).write_bytes(
        (adapter_copy(tmp_path / "retuned", "cold") / WEIGHTS).read_bytes()
    )
    resumed = CliRunner().invoke(main, command)
    assert resumed.exit_code == 2
    assert "engines.warm.adapter_revision is" in resumed.output
    assert RunFolder.open(tmp_path / "run").responses() == before


@pytest.mark.parametrize(
    ("name", "content", "changes"),
    [
        ("model.safetensors", None, True),
        ("config.json", {"rms_norm_eps": 1e-5}, True),
        ("tokenizer_config.json", {"bos_token": "<|pad|>"}, True),
        ("chat_template.jinja", "{{ messages[0].content }}", True),
        ("README.md", "Another text.", False),
        ("training.json", "{}", False),
    ],
)
def test_a_base_is_known_by_all_that_changes_its_answers(
    name: str, content: Any, changes: bool, tmp_path: Path
) -> None:
    before = open_hf(model_copy(tmp_path / "model")).identity()["revision"]
    path = tmp_path / "model" / name
    if isinstance(content, dict):
        edit_json(path, **content)
    elif content is None:
        weights = safetensors.load_file(path)
        safetensors.save_file({n: w * 1.01 for n, w in weights.items()}, path, {"format": "pt"})
    else:
        path.write_text(content)
    after = open_hf(tmp_path / "model").identity()["revision"]
    assert (after != before) == changes


def test_a_folder_is_not_what_a_study_pins(tmp_path: Path) -> None:
    from warmbench.engines.engine import EngineOptions
    from warmbench.engines.hf.hf_engine import HFEngine
    from warmbench.records.model_spec import parse_model_spec

    spec = parse_model_spec(f"hf:{model_copy(tmp_path / 'model')}")
    found = HFEngine(spec, EngineOptions(device="cpu")).identity()["revision"]
    assert HFEngine(spec, EngineOptions(device="cpu"), found).identity()["revision"] == found
    with pytest.raises(UsageError, match=rf"the revision abc is asked for, .+ are {found}$"):
        HFEngine(spec, EngineOptions(device="cpu"), "abc")


def edited(change: str, folder: Path) -> Path:
    """An adapter of the reference model with something wrong."""
    adapter = adapter_copy(folder)
    if change == "another name":
        edit_json(adapter / "adapter_config.json", base_model_name_or_path="org/Other-1B")
    elif change == "no config":
        (adapter / "adapter_config.json").unlink()
    elif change == "broken config":
        (adapter / "adapter_config.json").write_text("{")
    elif change == "a list":
        (adapter / "adapter_config.json").write_text("[]")
    elif change == "no weights":
        (adapter / WEIGHTS).unlink()
    elif change == "a pickle":
        (adapter / WEIGHTS).unlink()
        torch.save({}, adapter / "adapter_model.bin")
    elif change == "cut weights":
        (adapter / WEIGHTS).write_bytes((adapter / WEIGHTS).read_bytes()[:5000])
    elif change == "empty weights":
        (adapter / WEIGHTS).write_bytes(b"")
    elif change == "a layer more":
        weights = safetensors.load_file(adapter / WEIGHTS)
        more = {n.replace("layers.0", "layers.9"): w for n, w in weights.items()}
        safetensors.save_file(
            {**weights, **{n: w.clone() for n, w in more.items()}}, adapter / WEIGHTS
        )
    elif change == "a layer less":
        weights = safetensors.load_file(adapter / WEIGHTS)
        safetensors.save_file(
            {n: w for n, w in weights.items() if "layers.0" not in n}, adapter / WEIGHTS
        )
    elif change == "another rank":
        edit_json(adapter / "adapter_config.json", r=4)
    elif change == "unknown kind":
        edit_json(adapter / "adapter_config.json", peft_type="MAGIC")
    elif change == "no kind":
        edit_json(adapter / "adapter_config.json", peft_type=None)
    elif change == "no such modules":
        edit_json(adapter / "adapter_config.json", target_modules=["query_key_value"])
    return adapter


REFUSED = [
    ("another name", EngineError, r"was trained on org/Other-1B, not on reference; if these are"),
    ("no config", UsageError, r"is not an adapter: no adapter_config.json$"),
    ("broken config", UsageError, r"adapter_config.json is not JSON$"),
    ("a list", UsageError, r"adapter_config.json names no peft_type$"),
    ("no kind", UsageError, r"adapter_config.json names no peft_type$"),
    ("unknown kind", EngineError, r"can't load the adapter .+MAGIC"),
    ("no weights", UsageError, r"has no adapter_model.safetensors \(no weights\)$"),
    ("a pickle", UsageError, r"\(only adapter_model.bin, a pickle; save it as safetensors\)$"),
    ("cut weights", EngineError, r"can't load the adapter .+\(.+\)$"),
    ("empty weights", EngineError, r"can't load the adapter .+\(.+\)$"),
    ("a layer more", EngineError, r"does not fit reference \(\d+ tensors have no match, "),
    ("a layer less", EngineError, r"does not fit reference \(\d+ tensors have no match, "),
    ("another rank", EngineError, r"does not fit reference \(its shapes are those of another model"),
    ("no such modules", EngineError, r"can't load the adapter .+\(.+\)$"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "kind", "expected"), REFUSED, ids=[r[0] for r in REFUSED])
def test_an_adapter_that_can_not_be_used_is_refused_in_a_sentence(
    change: str, kind: type[Exception], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=expected) as refused:
        open_hf("reference", edited(change, tmp_path / "adapter"))
    assert "\n" not in str(refused.value)


SHAPES: list[dict[str, Any]] = [
    {"hidden_size": 96, "num_attention_heads": 3, "num_key_value_heads": 1},
    {"intermediate_size": 256},
    {"num_hidden_layers": 2},
    {"num_hidden_layers": 6},
    {"num_key_value_heads": 6},
]


@pytest.mark.parametrize("shape", SHAPES, ids=[str(s) for s in SHAPES])
def test_a_base_of_other_shapes_is_refused(shape: dict[str, Any], tmp_path: Path) -> None:
    base = save_random_model(tmp_path / "base", **shape)
    adapter = adapter_copy(tmp_path / "adapter", base_model_name_or_path=None)
    with pytest.raises(EngineError, match=r"the adapter .+ does not fit .+ \(.+\)$"):
        open_hf(base, adapter)


def test_a_base_of_the_same_shapes_and_other_weights_is_refused(tmp_path: Path) -> None:
    base = save_random_model(tmp_path / "base")
    trained_on = model_copy(tmp_path / "trained_on")
    adapter = adapter_copy(tmp_path / "adapter", base_model_name_or_path=str(trained_on))
    with pytest.raises(EngineError, match=r"was trained on .+trained_on, not on .+base; "):
        open_hf(base, adapter)
    assert open_hf(model_copy(tmp_path / "moved"), adapter).identity()["adapter_revision"]


def test_an_adapter_in_the_place_of_a_model_is_refused(tmp_path: Path) -> None:
    adapter = adapter_copy(tmp_path / "adapter")
    with pytest.raises(UsageError, match=r"is an adapter; write hf:BASE\+"):
        open_hf(adapter)


def test_an_adapter_that_can_not_be_merged_is_refused_by_its_type(tmp_path: Path) -> None:
    prefix = adapter_copy(tmp_path / "prefix", peft_type="PREFIX_TUNING", num_virtual_tokens=4)
    with pytest.raises(UsageError, match="is of type PREFIX_TUNING, which can't be merged"):
        open_hf("reference", prefix)


def test_an_adapter_that_is_nowhere_is_refused() -> None:
    with pytest.raises(UsageError, match="the reference model has no 'hot' for the adapters"):
        open_hf("reference", "hot")


NAMES = [
    ("warmbench/reference", "reference", True),
    ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct", True),
    ("meta-llama/Llama-3.1-8B-Instruct", "./models/Llama-3.1-8B-Instruct", True),
    ("unsloth/Meta-Llama-3.1-8B-bnb-4bit", "unsloth/Meta-Llama-3.1-8B", True),
    ("unsloth/qwen2.5-7b-unsloth-bnb-4bit", "Qwen/Qwen2.5-7B", True),
    ("Qwen/Qwen2.5-7B-Instruct-AWQ", "Qwen/Qwen2.5-7B-Instruct", True),
    ("/home/someone/models/base", "Qwen/Qwen2.5-7B", True),
    ("./base", "Qwen/Qwen2.5-7B", True),
    ("C:\\models\\base", "Qwen/Qwen2.5-7B", True),
    ("Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-7B-Instruct", False),
    ("Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-1.5B", False),
    ("meta-llama/Llama-3.1-8B", "mistralai/Mistral-7B-v0.3", False),
]


@pytest.mark.parametrize(("trained_on", "name", "same"), NAMES)
def test_names_of_bases_are_compared(trained_on: str, name: str, same: bool) -> None:
    assert same_base(trained_on, name, None) == same


def test_the_hubs_cache_and_a_config_say_what_a_folder_is(tmp_path: Path) -> None:
    cached = tmp_path / "models--Qwen--Qwen2.5-7B" / "snapshots" / "0123abcd"
    cached.mkdir(parents=True)
    assert same_base("Qwen/Qwen2.5-7B", str(cached), cached)
    assert not same_base("Qwen/Qwen2.5-1.5B", str(cached), cached)
    (cached / "config.json").write_text('{"_name_or_path": "Qwen/Qwen2.5-1.5B"}')
    assert same_base("Qwen/Qwen2.5-1.5B", str(cached), cached)


def test_the_reference_model_is_known_under_any_path(tmp_path: Path) -> None:
    copy = tmp_path / "my-base"
    shutil.copytree(reference_path("hf"), copy)
    assert same_base("warmbench/reference", str(copy), copy)
    (copy / "model.safetensors").write_bytes(b"other")
    assert not same_base("warmbench/reference", str(copy), copy)
