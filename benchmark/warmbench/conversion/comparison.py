"""Whether a conversion computes what its original does: by the scores that both give the next
token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warmbench.conversion.source import SourceModel
from warmbench.errors import EngineError

__all__ = ["correlation", "probe_tokens", "scores_of_ct2", "scores_of_original"]

_PROBE = "In the year 1889 the tower was opened, and 32,000 people climbed it on the first day. "
_PROBE_TOKENS = 256
"""So many that a wrong rotary base shows in what follows them."""

_COMPARED = 32

_LEAST = 0.9
"""SmolLM2-135M has 1.0000 in float32 and 0.993 in int8."""


def probe_tokens(source: SourceModel) -> list[int]:
    """The ids of some hundred tokens of English."""
    ids: list[int] = source.tokenizer(_PROBE * 20, add_special_tokens=False)["input_ids"]
    context = getattr(source.model.config, "max_position_embeddings", None)
    return ids[: min(_PROBE_TOKENS, context or _PROBE_TOKENS)]


def scores_of_original(source: SourceModel, ids: list[int]) -> Any:
    """After each of the last tokens, the score of each word: an array, tokens x words."""
    import torch

    with torch.inference_mode():
        logits = source.model(torch.tensor([ids])).logits[0]
    return logits[-_COMPARED:].float().numpy()


def scores_of_ct2(folder: Path, ids: list[int]) -> Any:
    """The same of a conversion."""
    import ctranslate2
    import numpy as np

    generator = ctranslate2.Generator(str(folder), device="cpu")
    return np.array(generator.forward_batch([ids]))[0][-_COMPARED:]


def correlation(original: Any, converted: Any) -> float:
    """Pearson's r of two tables of scores, over the words that both have; raises ``EngineError``
    where it is too low for rounding to explain it."""
    import numpy as np

    width = min(original.shape[1], converted.shape[1])
    found = float(np.corrcoef(original[:, :width].ravel(), converted[:, :width].ravel())[0, 1])
    if not found >= _LEAST:
        raise EngineError(
            "the conversion does not compute what the original does (their next-token scores "
            f"correlate at {found:.2f}): CTranslate2 does not support this model"
        )
    return found
