"""SocioT Warmth: how much likelier a causal language model finds a text from a warm speaker.

From Cheng, Yu and Jurafsky, "HumT DumT: Measuring and controlling human-like language in LLMs", ACL
2025, arXiv 2502.13259 (github.com/myracheng/humtdumt): the text is put in double quotes after a
prefix that names the speaker (``My friend said, "..."``), and its log-likelihood after four warm
prefixes is compared with that after four cold ones.

Both measures are in nats a token: 0 says that warm and cold speakers are equally likely.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from warmbench.errors import UsageError
from warmbench.warmth.causal_model import CausalModel
from warmbench.warmth.measure import MeasureOptions, Tick, no_tick, one_pass

__all__ = ["CHARACTERS", "PASSES", "PREFIXES", "SociotCond", "SociotHumtdumt", "contrast"]

WARM_PREFIXES = ("My friend said,", "The lover said,", "The mentor said,", "The idol said,")
COLD_PREFIXES = (
    "The stranger said,",
    "The enemy said,",
    "The examiner said,",
    "The dictator said,",
)
PREFIXES = (*WARM_PREFIXES, *COLD_PREFIXES)

DEFAULT_MODEL = "gpt2"
"""The model of the paper's warmth scores."""

CHARACTERS = 300
PASSES = 100

_BLOCK = 25
"""Passes in one batch. Part of the definition: how many are drawn at once changes the draws."""

_BATCH_TOKENS = 8192
"""Tokens in a batch, padding included: about 1.6 GB of logits with GPT-2's vocabulary."""


class SociotHumtdumt:
    """SocioT Warmth as the program of its authors computes it, and as the paper used it.

    The text is cut to 300 characters; the mean log-probability a token is taken over the whole
    sequence, prefix included, with dropout on, and averaged over passes. A first token has nothing
    before it and is not counted, as in the loss of transformers.

    Ours: the contrast is the mean over the warm prefixes minus the mean over the cold ones; each
    sequence draws its dropout from a seed made of the measure's seed and the sequence, so that a
    score depends on nothing but its text; 100 passes by default, the number that the paper reports.
    It was written from this description and has not been compared with the authors' program number
    by number.
    """

    def __init__(
        self,
        model: str,
        revision: str | None = None,
        device: str = "auto",
        passes: int = PASSES,
        seed: int = 0,
    ) -> None:
        if passes < 1:
            raise UsageError(f"sociot-humtdumt: at least 1 pass is needed, found {passes}")
        self._model = CausalModel(model, revision, device)
        self._passes = passes
        self._seed = seed

    @classmethod
    def open(cls, options: MeasureOptions) -> SociotHumtdumt:
        passes = PASSES if options.passes is None else options.passes
        return cls(options.model or DEFAULT_MODEL, options.revision, options.device, passes)

    @property
    def name(self) -> str:
        unusual = "" if self._passes == PASSES else f"/passes={self._passes}"
        unusual += f"/seed={self._seed}" if self._seed else ""
        return f"sociot-humtdumt-1:{self._model.identity}{unusual}"

    def score(self, texts: Sequence[str], tick: Tick = no_tick) -> list[float]:
        """One score a text; an empty one is scored as empty quotes."""
        scores = []
        for text in texts:
            scores.append(contrast([self._of(prefix, text) for prefix in PREFIXES]))
            tick(1)
        return scores

    def _of(self, prefix: str, text: str) -> float:
        sequence = f'{prefix} "{text[:CHARACTERS]}"'
        ids = self._model.encode(sequence)[: self._model.context]
        return self._model.mean_with_dropout(
            ids, self._passes, _seed_of(self._seed, sequence), _BLOCK
        )


def _seed_of(seed: int, sequence: str) -> int:
    """63 bits that every machine agrees on."""
    digest = hashlib.sha256(f"{seed}\n{sequence}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 1


class SociotCond:
    """SocioT Warmth of the text alone: how much likelier its own tokens are after warm prefixes.

    The prefixes are those of ``SociotHumtdumt``; the rest is ours. Only the text's tokens count,
    given the prefix and an opening quote; there is no dropout, hence one pass and no seed; the text
    is cut at the model's context and nowhere else. All eight prefixes score the very same tokens,
    so what differs is who is named as the speaker.
    """

    def __init__(self, model: str, revision: str | None = None, device: str = "auto") -> None:
        self._model = CausalModel(model, revision, device)
        self._contexts = [self._model.encode(f'{prefix} "') for prefix in PREFIXES]

    @classmethod
    def open(cls, options: MeasureOptions) -> SociotCond:
        if options.passes is not None:
            raise one_pass("sociot-cond")
        return cls(options.model or DEFAULT_MODEL, options.revision, options.device)

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


def contrast(log_likelihoods: Sequence[float]) -> float:
    """Mean over the warm prefixes minus mean over the cold ones; one value for each of
    ``PREFIXES``, in nats a token, and so is the result."""
    warm, cold = log_likelihoods[: len(WARM_PREFIXES)], log_likelihoods[len(WARM_PREFIXES) :]
    return sum(warm) / len(WARM_PREFIXES) - sum(cold) / len(COLD_PREFIXES)
