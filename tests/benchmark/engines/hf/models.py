"""Copies of the reference model and its adapters with something changed, for the tests of hf."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from warmbench.engines.engine import EngineOptions
from warmbench.engines.hf.hf_engine import HFEngine
from warmbench.records.model_spec import parse_model_spec
from warmbench.records.request import Request
from warmbench.records.response import Answer
from warmbench.reference_model import reference_path

__all__ = [
    "adapter_copy",
    "edit_json",
    "model_copy",
    "open_hf",
    "save_random_model",
    "texts",
]


def model_copy(
    folder: Path, *, generation: dict[str, Any] | None = None, template: str | None = None
) -> Path:
    """The reference model in ``folder``, which is made; returned."""
    shutil.copytree(reference_path("hf"), folder)
    if generation is not None:
        edit_json(folder / "generation_config.json", **generation)
    if template is not None:
        (folder / "chat_template.jinja").write_text(template)
    return folder


def adapter_copy(folder: Path, arm: str = "warm", **config: Any) -> Path:
    """An adapter of the reference model, with settings of its config changed."""
    shutil.copytree(reference_path("adapters", arm), folder)
    edit_json(folder / "adapter_config.json", **config)
    return folder


def edit_json(path: Path, **changes: Any) -> None:
    """Set names of a JSON object, or remove those that are given None."""
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({name: v for name, v in content.items() if v is not None}))


def save_random_model(folder: Path, **changes: Any) -> Path:
    """A model with the reference model's tokenizer and other, random weights."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    model_copy(folder)
    config = AutoConfig.from_pretrained(folder)
    for name, value in changes.items():
        setattr(config, name, value)
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


def open_hf(model: object, adapter: object = None, **arguments: str) -> HFEngine:
    spec = f"hf:{model}" + (f"+{adapter}" if adapter else "")
    return HFEngine(parse_model_spec(spec), EngineOptions(device="cpu", engine_args=arguments))


def texts(engine: HFEngine, requests: list[Request]) -> dict[str, str]:
    return {r.key: r.text for group in engine.ask(requests) for r in group if isinstance(r, Answer)}
