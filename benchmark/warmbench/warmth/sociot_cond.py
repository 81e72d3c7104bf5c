"""SocioT Warmth of the text alone: how much likelier its own tokens are after warm prefixes.

The prefixes are those of ``sociot-humtdumt``; the rest is ours. Only the text's tokens count, given
the prefix and an opening quote, log p(text | prefix) a token; there is no dropout, hence one pass
and no seed; the text is cut at the model's context and nowhere else. All eight prefixes score the
very same tokens, so what differs is who is said to be speaking.
"""

from __future__ import annotations

from collections.abc import Sequence

from warmbench.warmth.causal_model import CausalModel
from warmbench.warmth.measure import Tick, no_tick
from warmbench.warmth.relations import PREFIXES, contrast

__all__ = ["SociotCond"]

_BATCH_TOKENS = 8192
"""Tokens in a batch, padding included: about 1.6 GB of logits with GPT-2's vocabulary."""


class SociotCond:
    """Unit: nats a token of the text. 0 says that warm and cold speakers are as likely."""

    def __init__(self, model: str, revision: str | None = None, device: str = "auto") -> None:
        self._model = CausalModel(model, revision, device)
        self._contexts = [self._model.encode(f'{prefix} "') for prefix in PREFIXES]

    @property
    def name(self) -> str:
        return f"sociot-cond-1:{self._model.identity}"

    def score(self, texts: Sequence[str], tick: Tick = no_tick) -> list[float]:
        """One score a text; 0 for one without a token."""
        room = self._model.context - max(map(len, self._contexts))
        tokens = [self._model.encode(text, special=False)[: max(room, 0)] for text in texts]
        scores = [0.0] * len(texts)
        for batch in _batches(tokens, max(map(len, self._contexts))):
            for index, score in zip(batch, self._score([tokens[i] for i in batch]), strict=True):
                scores[index] = score
            tick(len(batch))
        return scores

    def _score(self, texts: list[list[int]]) -> list[float]:
        means = []
        for context in self._contexts:
            rows = self._model.log_probabilities([context + text for text in texts])
            means.append(
                [
                    sum(row[len(context) - 1 :]) / len(text) if text else 0.0
                    for row, text in zip(rows, texts, strict=True)
                ]
            )
        return [contrast(of_text) for of_text in zip(*means, strict=True)]


def _batches(tokens: Sequence[Sequence[int]], extra: int) -> list[list[int]]:
    """Indices of texts of like length together, so that little is padded."""
    batches: list[list[int]] = []
    width = 0
    for index in sorted(range(len(tokens)), key=lambda i: (len(tokens[i]), i)):
        width = len(tokens[index]) + extra  # the longest so far: lengths only grow
        if not batches or (len(batches[-1]) + 1) * width > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(index)
    return batches
