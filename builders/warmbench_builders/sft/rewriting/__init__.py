"""Rewriting: the assistant's replies made warm or cold, by a chat model or by templates."""

from __future__ import annotations

from pathlib import Path

from warmbench.engines.engine import EngineOptions
from warmbench.engines.registry import open_engine
from warmbench.errors import UsageError
from warmbench.records.model_spec import parse_model_spec
from warmbench_builders.sft.rewriting.engine_rewriter import (
    PROMPT_SHA256,
    PROMPT_VERSION,
    EngineRewriter,
)
from warmbench_builders.sft.rewriting.rewrite_all import RewriteResult, rewrite_all
from warmbench_builders.sft.rewriting.rewriter import (
    Exchange,
    Rewrite,
    RewriteFailure,
    Rewriter,
    RewriteTask,
)
from warmbench_builders.sft.rewriting.template import TEMPLATE_NAME, TemplateRewriter

__all__ = [
    "PROMPT_SHA256",
    "PROMPT_VERSION",
    "TEMPLATE_NAME",
    "EngineRewriter",
    "Exchange",
    "Rewrite",
    "RewriteFailure",
    "RewriteResult",
    "RewriteTask",
    "Rewriter",
    "TemplateRewriter",
    "open_rewriter",
    "rewrite_all",
]


def open_rewriter(name: str, ledger_path: Path, options: EngineOptions, seed: int) -> Rewriter:
    """The rewriter of a name: ``template``, or a model such as ``openai:gpt-4o-2024-08-06``.

    ``ledger_path`` is where a model's answers are kept; the template rewriter writes nothing.
    Raises ``UsageError`` for a name that is neither.
    """
    if name in ("template", TEMPLATE_NAME):
        return TemplateRewriter(seed)
    if ":" not in name:
        raise UsageError(
            f"{name!r} is not a rewriter; write template, or a model as engine:name, "
            "e.g. openai:gpt-4o-2024-08-06"
        )
    spec = parse_model_spec(name)
    if spec.engine == "replay":
        raise UsageError(f"{spec}: replay holds answers to questions and can't rewrite replies")
    engine = open_engine(spec, options)
    try:
        return EngineRewriter(engine, ledger_path, seed=seed)
    except BaseException:
        engine.close()
        raise
