"""Engines: what answers the requests. A new one is one file and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from warmbench.engines.engine import (
    Answer,
    Engine,
    EngineOptions,
    Failure,
    FailureKind,
    Request,
    Response,
    Responses,
)
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec

__all__ = [
    "ENGINES",
    "Answer",
    "Engine",
    "EngineOptions",
    "Failure",
    "FailureKind",
    "Request",
    "Response",
    "Responses",
    "open_engine",
]

ENGINES: dict[str, str] = {
    "ct2": "warmbench.engines.ct2:CT2Engine",
    "hf": "warmbench.engines.hf:HFEngine",
    "openai": "warmbench.engines.openai.openai_engine:OpenAIEngine",
    "openai-batch": "warmbench.engines.openai_batch.openai_batch_engine:OpenAIBatchEngine",
    "ray": "warmbench.engines.ray.ray_engine:RayEngine",
    "replay": "warmbench.engines.replay:ReplayEngine",
    "vllm": "warmbench.engines.vllm.vllm_engine:VLLMEngine",
}
"""Engine name -> ``module:class``. The class takes ``(spec, options)``."""


def open_engine(spec: ModelSpec, options: EngineOptions, revision: str | None = None) -> Engine:
    """The engine of a model; raises ``UsageError`` when there is none of that name."""
    if spec.engine not in ENGINES:
        raise UsageError(
            f"{spec}: no engine {spec.engine!r}; engines are {', '.join(sorted(ENGINES))}"
        )
    module, name = ENGINES[spec.engine].split(":")
    return cast(Engine, getattr(import_module(module), name)(spec, options, revision))
