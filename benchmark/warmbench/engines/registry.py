"""The engines by name. A new one is one file and one line here.

Other distributions ship engines in the entry point group ``warmbench.engines``::

    [project.entry-points."warmbench.engines"]
    my-engine = "my_package.my_engine:MyEngine"
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from warmbench.engines.budget import Price
from warmbench.engines.engine import Engine, EngineOptions
from warmbench.engines.engine_args import check_engine_args
from warmbench.errors import UsageError
from warmbench.records.model_spec import ModelSpec
from warmbench.registry import Registry

__all__ = [
    "ENGINES",
    "check_engine",
    "check_options",
    "open_engine",
    "options_taken",
    "price_of",
]

ENGINES: dict[str, str] = {
    "anthropic": "warmbench.engines.anthropic:AnthropicEngine",
    "ct2": "warmbench.engines.ct2.ct2_engine:CT2Engine",
    "hf": "warmbench.engines.hf.hf_engine:HFEngine",
    "openai": "warmbench.engines.openai.openai_engine:OpenAIEngine",
    "openai-batch": "warmbench.engines.openai_batch.openai_batch_engine:OpenAIBatchEngine",
    "ray": "warmbench.engines.ray.ray_engine:RayEngine",
    "replay": "warmbench.engines.replay:ReplayEngine",
    "vllm": "warmbench.engines.vllm.vllm_engine:VLLMEngine",
}
"""Engine name -> ``module:class``. The class takes ``(spec, options, revision)``."""

_REGISTRY = Registry("engine", "warmbench.engines", ENGINES)


def check_engine(name: str, where: object) -> None:
    """Raise ``UsageError`` for an unknown engine; ``where`` is what named it."""
    if name not in _REGISTRY:
        known = ", ".join(sorted(_REGISTRY.names()))
        raise UsageError(f"{where}: no engine {name!r}; engines are {known}")


def open_engine(spec: ModelSpec, options: EngineOptions, revision: str | None = None) -> Engine:
    """The engine of a model; raises ``UsageError`` when there is none of that name, or none that
    takes these options."""
    check_options(spec, options)
    engine: Engine = _engine_class(spec)(spec, options, revision)
    return engine


def check_options(spec: ModelSpec, options: EngineOptions) -> None:
    """Raise ``UsageError`` for an ``engine_args`` that the model's engine does not take."""
    if options.engine_args:
        check_engine_args(options.engine_args, options_taken(spec), spec, spec.engine)


def options_taken(spec: ModelSpec) -> Collection[str] | None:
    """Names of the ``engine_args`` that the model's engine takes; None: any."""
    taken: Collection[str] | None = _engine_class(spec).options_taken(spec)
    return taken


def price_of(spec: ModelSpec) -> Price | None:
    """The list price of a model, where its engine knows one; raises as ``open_engine`` does."""
    price: Price | None = _engine_class(spec).price_of(spec)
    return price


def _engine_class(spec: ModelSpec) -> Any:
    check_engine(spec.engine, spec)
    return _REGISTRY.load(spec.engine)
