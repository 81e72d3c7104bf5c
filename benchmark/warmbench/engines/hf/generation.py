"""How transformers generates: every setting is ours, none the model's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from warmbench.records.request import Request

__all__ = ["FIXED_SETTINGS", "context_length", "generation_config", "stop_ids"]

FIXED_SETTINGS: dict[str, Any] = {
    "encoder_no_repeat_ngram_size": 0,
    "encoder_repetition_penalty": 1.0,
    "epsilon_cutoff": 0.0,
    "eta_cutoff": 0.0,
    "min_length": 0,
    "no_repeat_ngram_size": 0,
    "num_beams": 1,
    "num_return_sequences": 1,
    "repetition_penalty": 1.0,
    "return_dict_in_generate": False,
    "typical_p": 1.0,
    "use_cache": True,
}
"""What holds beside the study's temperature, top-p and number of tokens, in every arm: nothing is
penalised, forced or suppressed. All else stays unset."""


def generation_config(request: Request, stops: Iterable[int], pad: int) -> Any:
    """A ``GenerationConfig`` of our own. ``generate()`` fills what is unset from the model's
    config, so the model must have one of these as well."""
    from transformers import GenerationConfig

    return GenerationConfig(
        **FIXED_SETTINGS,
        **_sampling(request),
        max_new_tokens=request.max_tokens,
        eos_token_id=sorted(stops) or None,
        pad_token_id=pad,
    )


def _sampling(request: Request) -> dict[str, Any]:
    if request.temperature == 0:
        return {"do_sample": False}
    return {
        "do_sample": True,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": 0,
    }


def context_length(model: Any) -> int | None:
    """How many tokens prompt and answer may have together, where the model's config says."""
    config = model.config.get_text_config(decoder=True)
    limit = getattr(config, "max_position_embeddings", None)
    return limit if isinstance(limit, int) else None


def stop_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer: those that the model's ``generation_config.json``, its
    ``config.json`` and its tokenizer name. A tuned checkpoint may lack one of these files."""
    configs = (model.generation_config, model.config.get_text_config(decoder=True), tokenizer)
    return frozenset(token for config in configs for token in _ids(config))


def _ids(config: Any) -> list[int]:
    stop = getattr(config, "eos_token_id", None)
    listed = stop if isinstance(stop, list | tuple) else [stop]
    return [token for token in listed if isinstance(token, int) and token >= 0]
