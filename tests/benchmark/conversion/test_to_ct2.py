"""Conversions for the ct2 engine, of the reference model and of a small random one."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.benchmark.engines.test_ct2 import make_requests, open_engine, texts
from tests.conftest import need
from warmbench.conversion.comparison import correlation
from warmbench.conversion.source import ConversionSource
from warmbench.conversion.to_ct2 import convert_to_ct2
from warmbench.errors import EngineError, UsageError

need("torch", "pip install 'warmbench[hf]'")
need("transformers", "pip install 'warmbench[hf]'")
need("peft", "pip install 'warmbench[hf]'")

from tests.benchmark.engines.hf.models import (  # noqa: E402
    adapter_copy,
    edit_json,
    model_copy,
    save_random_model,
)


def converted(
    model: object, out: Path, quantization: str | None = None, **source: Any
) -> dict[str, Any]:
    said: list[str] = []
    record = convert_to_ct2(ConversionSource(str(model), **source), out, quantization, said.append)
    assert said[0].startswith("loading ")
    return record


def test_a_conversion_answers_as_the_packaged_one_and_has_all_that_the_engine_reads(
    tmp_path: Path,
) -> None:
    converted(model_copy(tmp_path / "model"), tmp_path / "out", "bfloat16")
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        "model.bin", "config.json", "tokenizer.json", "tokenizer_config.json",
        "chat_template.jinja", "generation_config.json", "conversion.json",
    }  # fmt: skip
    requests = make_requests(8, system="Be kind.")
    assert texts(open_engine(f"ct2:{tmp_path / 'out'}"), requests) == texts(open_engine(), requests)


def test_an_adapter_is_merged_first(tmp_path: Path) -> None:
    record = converted("reference", tmp_path / "out", "float32", adapter="warm")
    assert (record["adapter"], record["correlation"]) == ("warm", 1.0)
    assert record["adapter_revision"]
    requests = make_requests(8, temperature=0.0)
    warm = texts(open_engine(f"ct2:{tmp_path / 'out'}"), requests)
    assert warm == texts(open_engine("ct2:reference+warm"), requests)
    assert warm != texts(open_engine(), requests)


QUANTIZED = [("int8", "int8_float32"), ("float16", "float32"), (None, "float32")]


@pytest.mark.parametrize(("quantization", "used"), QUANTIZED)
def test_the_engine_computes_in_the_type_of_the_conversion(
    tmp_path: Path, quantization: str | None, used: str
) -> None:
    model = save_random_model(tmp_path / "model", num_hidden_layers=1)
    record = converted(model, tmp_path / "out", quantization)
    assert record["quantization"] == quantization
    engine = open_engine(f"ct2:{tmp_path / 'out'}")
    assert engine.identity()["compute_type"] == used
    assert len(texts(engine, make_requests(2))) == 2


def test_the_end_tokens_and_the_context_come_from_the_model(tmp_path: Path) -> None:
    model = model_copy(tmp_path / "model", generation={"eos_token_id": [5, 2]})
    edit_json(model / "tokenizer_config.json", model_max_length=None)
    converted(model, tmp_path / "out")
    assert open_engine(f"ct2:{tmp_path / 'out'}").identity()["end_tokens"] == "2,5"
    context = json.loads((model / "config.json").read_text())["max_position_embeddings"]
    config = json.loads((tmp_path / "out" / "tokenizer_config.json").read_text())
    assert config["model_max_length"] == context


def no_template(folder: Path) -> Path:
    model = model_copy(folder)
    (model / "chat_template.jinja").unlink()
    return model


def other_architecture(folder: Path) -> Path:
    model = model_copy(folder)
    (model / "config.json").write_text(json.dumps({"model_type": "mamba"}))
    return model


def broken_config(folder: Path) -> Path:
    model = model_copy(folder)
    (model / "config.json").write_text("{")
    return model


def other_adapter(folder: Path) -> Path:
    return adapter_copy(folder, base_model_name_or_path="somebody/else")


def test_what_can_not_be_converted_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    good = model_copy(tmp_path / "good")
    cases: list[tuple[ConversionSource, type[Exception], str]] = [
        (ConversionSource("no/where"), EngineError, "^no/where: no such model"),
        (ConversionSource("./nowhere"), UsageError, "no such folder: nowhere"),
        (ConversionSource(str(tmp_path)), UsageError, r"has no config\.json"),
        (ConversionSource(str(adapter_copy(tmp_path / "d"))), UsageError, "this is an adapter"),
        (ConversionSource(str(broken_config(tmp_path / "e"))), EngineError,
         r"its config\.json can't be read"),
        (ConversionSource(str(no_template(tmp_path / "a"))), UsageError, "no chat template"),
        (ConversionSource(str(other_architecture(tmp_path / "b"))), UsageError,
         r"can't convert this architecture \(MambaConfig\); use the hf or vllm engine"),
        (ConversionSource(str(good), adapter=str(other_adapter(tmp_path / "c"))), EngineError,
         "the adapter was trained on somebody/else"),
        (ConversionSource(str(good), adapter="x", gguf="y.gguf"), UsageError, "into GGUF"),
    ]  # fmt: skip
    for source, kind, said in cases:
        with pytest.raises(kind, match=said) as caught:
            convert_to_ct2(source, out, None, lambda text: None)
        assert "\n" not in str(caught.value)
    missing = "no such file" if find_spec("gguf") else "needs gguf; install it with: pip install"
    with pytest.raises(UsageError, match=missing):
        convert_to_ct2(ConversionSource(str(good / "m.gguf")), out, None, lambda text: None)
    assert not list(tmp_path.glob("*out*"))


def test_a_folder_that_holds_something_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(UsageError, match="out: exists and is not empty; give a new folder"):
        convert_to_ct2(ConversionSource("no/where"), tmp_path / "out", None, print)
    assert (tmp_path / "out" / "mine").is_file()


def test_scores_that_differ_are_another_model() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(8, 50))
    assert correlation(scores, np.pad(scores, ((0, 0), (0, 3)))) == pytest.approx(1.0)
    assert correlation(scores, scores + rng.normal(scale=0.1, size=scores.shape)) > 0.98
    for other in (rng.normal(size=scores.shape), np.full_like(scores, np.nan)):
        with pytest.raises(EngineError, match="does not compute what the original does"):
            correlation(scores, other)
